package worker

// Hello is the worker's first message: it waits for a function.
type Hello struct {
	Protocol int    `json:"protocol"`
	Language string `json:"language"`          // "python", "node", "exec", "provided"
	Version  string `json:"version,omitempty"` // of the interpreter, "3.11.2"
	PID      int    `json:"pid"`               // the worker's own, in its own namespace
}

// Injection makes a waiting worker one function's. The code follows it, unless it
// is Placed.
type Injection struct {
	Function   string `json:"function"`
	Version    string `json:"version"`
	Runtime    string `json:"runtime,omitempty"`
	Handler    string `json:"handler,omitempty"`     // "": the language's default
	CodeDigest string `json:"code_digest,omitempty"` // "sha256:hex" of the zip; "": not checked
	// Placed is the digest of the zip whose files a component on the worker's
	// machine has put into the directory CodeDir of the worker's own. "": none.
	Placed string            `json:"placed,omitempty"`
	Env    map[string]string `json:"env,omitempty"` // names pass CheckEnvName, or the worker refuses

	// Modules are directories, absolute, with installed packages: python looks
	// there after the code, node finds each as node_modules beside the code.
	Modules []string `json:"modules,omitempty"`

	// Command, of exec and provided, is run in place of a file of the code, in
	// WorkDir and with all of the worker's environment: the function is in the
	// container's image. A name without a slash is looked up in PATH.
	Command []string `json:"command,omitempty"`
	WorkDir string   `json:"work_dir,omitempty"` // "": the root

	// MemoryBytes is the most anonymous memory the function and all that it
	// starts may hold together. 0: no limit.
	MemoryBytes int64 `json:"memory_bytes,omitempty"`
	// TimeoutMillis bounds the initialisation alone. 0: no limit.
	TimeoutMillis int64 `json:"timeout_millis,omitempty"`
}

// Ack says what the worker applied, as it found it, not as it was told.
type Ack struct {
	CodeDigest string   `json:"code_digest"` // "sha256:hex" of the bytes that arrived, or Injection.Placed
	Handler    string   `json:"handler"`     // after defaults were resolved
	Env        []string `json:"env"`         // names of Injection.Env that are set, sorted
	InitMicros int64    `json:"init_micros"` // unpacking and loading
}

// Call is the one call. The event follows it.
type Call struct {
	ID string `json:"id"`
	// TimeoutMillis is when the worker kills the function. 0: never.
	TimeoutMillis int64 `json:"timeout_millis,omitempty"`
	// Raw: event and result are bytes rather than JSON. Exec ignores it.
	Raw bool `json:"raw,omitempty"`
}

// End is the last message.
type End struct {
	Failure    *Failure `json:"failure,omitempty"`     // nil: the function returned
	InitMicros int64    `json:"init_micros,omitempty"` // also where loading failed
	CallMicros int64    `json:"call_micros,omitempty"`
}

// A Stream names where the function wrote a piece of log.
type Stream byte

const (
	Stdout Stream = 1
	Stderr Stream = 2
)
