package worker

const (
	// Protocol is the version of the messages. A component drives only workers
	// that say the same number in their Hello.
	Protocol = 1

	// ChunkBytes is the size of the pieces in which code, event, log and result
	// travel: one pipe buffer of Linux.
	ChunkBytes = 64 << 10

	// MaxEventBytes and MaxResultBytes bound what a language takes or returns as
	// one value (python, node, provided). An exec function has no such bound.
	MaxEventBytes  = 16 << 20
	MaxResultBytes = 16 << 20

	// MaxLogBytes is what one worker passes on of its function's log. The rest
	// is read, so that the function does not block, and dropped.
	MaxLogBytes = 8 << 20

	// MaxCodeBytes and MaxCodeFiles bound the code once unpacked.
	MaxCodeBytes = 2 << 30
	MaxCodeFiles = 200_000
)

// CodeDir is the directory, in a worker's own, in which its function's code lies.
const CodeDir = "code"

// DefaultPython and the others are the handlers of a function that names none.
// Where they are missing and exactly one well-known candidate is there, the
// worker takes that and says so in its Ack.
const (
	DefaultPython   = "handler.handler"
	DefaultNode     = "index.handler"
	DefaultExec     = "run"
	DefaultProvided = "bootstrap"
)
