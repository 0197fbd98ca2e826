package sdk

import "encoding/json"

// Config is what a component is given once, before any verb.
type Config struct {
	Component  string // its name in the manifest
	HostID     string // marks what is made outside the process as this host's
	StateDir   string // private, kept, shared by all processes of this component
	ScratchDir string // private to this process; removed after it

	// PrivateDirs are the host's own: other functions' code and settings, logs,
	// its socket. A component whose functions run on this machine hides them
	// from the functions where it can.
	PrivateDirs []string

	// Settings is the manifest's [NAME.config] as one JSON object; see Decode.
	Settings json.RawMessage
}
