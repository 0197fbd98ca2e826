//go:build unix

package supervise

import (
	"os"
	"strings"

	"github.com/fnhost/fn/worker"
)

// node is the dialect of a node, with packages of its own in the directories
// modules. It has no margin: V8 maps far more than it touches, and the bound of
// its own heap is settled when it starts.
func node(interpreter string, modules, preload []string) dialect {
	return dialect{
		name: "node", title: "Node.js", minimum: "18",
		defaultHandler: worker.DefaultNode, interpreter: interpreter,
		arguments: func(h home) ([]string, error) {
			// It ends the search for one: that of a directory further up, which is
			// the user's, says nothing about the code.
			if err := os.WriteFile(h.script("package.json"), []byte("{}\n"), 0o600); err != nil {
				return nil, err
			}
			for _, dir := range modules { // where the script finds them, and the code
				if err := linkEntries(dir, h.script("node_modules"), true); err != nil {
					return nil, err
				}
			}
			script := h.script("bootstrap.cjs")
			args := []string{script, strings.Join(preload, ",")}
			return args, os.WriteFile(script, bootstrapNode(), 0o600)
		},
		place: linkModules,
	}
}
