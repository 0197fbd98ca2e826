package launch

import (
	"io"
	"time"
)

// Spec says what to start and with what.
type Spec struct {
	Component string // name in the manifest, for errors
	Path      string // the executable, absolute

	// SHA256 is the wanted checksum of the executable, 64 hexadecimal digits.
	// Empty means that any executable will do; who demands a lock refuses
	// before.
	SHA256 string

	// Checksums remembers what was verified before. Nil: the executable is read
	// in whole at every start, about 14 ms for 20 MB.
	Checksums *Checksums

	// Env is the environment, NAME=value, already filtered: none of the host's
	// own is added.
	Env []string

	// SocketDir is where the process's private directory is made; at most
	// MaxSocketDir bytes. It belongs to one host, see CleanSockets.
	SocketDir string

	// Log takes what the process prints, one line a Write; nil discards it.
	// It is called from several goroutines, one at a time.
	Log io.Writer

	// StartTimeout bounds exec and handshake; 0: DefaultStartTimeout.
	StartTimeout time.Duration
}

// DefaultStartTimeout is long against the 12 ms a start takes, for machines
// that are busy or scan new executables.
const DefaultStartTimeout = 10 * time.Second

// How long Stop waits for the process to end after its standard input ended,
// and then after SIGTERM. A component has 4.5 s of the first to close itself: a
// busy engine takes seconds to remove a few containers and their network.
const (
	StopGrace = 5 * time.Second
	TermGrace = 1 * time.Second
)
