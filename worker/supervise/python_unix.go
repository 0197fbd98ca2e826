//go:build unix

package supervise

import (
	"os"
	"strings"

	"github.com/fnhost/fn/worker"
)

// pythonMargin is small: a single allocation that would exceed the limit then
// raises MemoryError, and python can say so.
const pythonMargin = 64 << 20

// python is the dialect of a python3, with packages of its own in
// the directories modules.
func python(interpreter string, modules, preload []string) dialect {
	return dialect{
		name: "python", title: "Python", minimum: "3.8",
		defaultHandler: worker.DefaultPython, margin: pythonMargin, interpreter: interpreter,
		arguments: func(h home) ([]string, error) {
			script := h.script("bootstrap.py")
			// -I: nothing of the user's or the directory's; -S: site-packages only
			// when wanted, see LateSite; -B: a worker lives for one call, so
			// compiled files would only be written and removed again.
			args := []string{"-I", "-S", "-B", script,
				strings.Join(preload, ","), strings.Join(modules, string(os.PathListSeparator))}
			return args, os.WriteFile(script, BootstrapPython(), 0o600)
		},
	}
}
