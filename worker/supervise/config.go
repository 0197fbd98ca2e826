package supervise

import "os"

// Config is what a worker is started with.
type Config struct {
	// In and Out are the stream. They may be the same file.
	In, Out *os.File

	Language    string   // "exec", "python", "node" or "provided"
	Interpreter string   // absolute path, or names to look for in PATH, separated by commas; of python and node alone
	Modules     []string // directories of packages that the interpreter brings to every function
	Preload     []string // modules the interpreter imports before it is ready

	// Dir is the worker's own. It is created if it is missing, filled, and
	// removed at the end.
	Dir string

	// Serve starts the server that the language provided needs; nil where the
	// program has none. With private, nobody else is on its network.
	Serve      func(private bool) (RuntimeAPI, error)
	OwnNetwork bool // this process is on a network of its own

	// Contained says that this process's control group, its container's, bounds
	// the memory of all its processes together.
	Contained bool

	// Environ is this process's environment, NAME=VALUE. The function sees PATH
	// and TZ of it and nothing else.
	Environ []string
}
