package supervise

import (
	"embed"
	"strings"
)

// The interpreters' side of a worker, which is one file there: a second one to
// find and to read would cost every start.
//
//go:embed bootstrap
var bootstrap embed.FS

// The parts in their order: the first imports what all use, the last runs.
const (
	pythonParts = "base builtins stream handler errors context result packages log prepare serve"
	nodeParts   = "base stream end log handler modules errors context result call streamed serve"
)

// BootstrapPython is the source of the module that a python worker is made of.
func BootstrapPython() []byte { return joined(pythonParts, ".py") }

func bootstrapNode() []byte { return joined(nodeParts, ".js") }

func joined(parts, ending string) []byte {
	var whole []byte
	for i, part := range strings.Fields(parts) {
		source, err := bootstrap.ReadFile("bootstrap/" + part + ending)
		if err != nil {
			panic(err) // the list names no file
		}
		if i > 0 {
			whole = append(whole, "\n\n"...)
		}
		whole = append(whole, source...)
	}
	return whole
}
