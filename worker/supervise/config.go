package supervise

import "os"

// Config is what a worker is started with.
type Config struct {
	// In and Out are the stream. They may be the same file.
	In, Out *os.File

	Language    string   // "exec" or "python"
	Interpreter string   // absolute path; not used by exec
	Preload     []string // modules the interpreter imports before it is ready

	// Dir is the worker's own. It is created if it is missing, filled, and
	// removed at the end.
	Dir string

	// Environ is this process's environment, NAME=VALUE. The function sees PATH
	// and TZ of it and nothing else.
	Environ []string
}
