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

// python is the dialect of the python3 at a path, with packages of its own in
// the directories modules.
func python(interpreter string, modules, preload []string) dialect {
	return dialect{
		name: "python", defaultHandler: worker.DefaultPython, margin: pythonMargin,
		command: func(h home) (string, []string, error) {
			script := h.script("bootstrap.py")
			// -I: nothing of the user's or the directory's; -S: site-packages only
			// when wanted, see LateSite; -B: a worker lives for one call, so
			// compiled files would only be written and removed again.
			args := []string{interpreter, "-I", "-S", "-B", script,
				strings.Join(preload, ","), strings.Join(modules, string(os.PathListSeparator))}
			return interpreter, args, os.WriteFile(script, bootstrapPython, 0o600)
		},
	}
}
