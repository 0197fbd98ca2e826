package dirs

import (
	"encoding/hex"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// Dirs is one set of directories; all paths are absolute.
type Dirs struct {
	Config  string // what the user chose
	Data    string // what must not be lost: functions and their code
	State   string // what is kept, and could be lost
	Cache   string // what can be found out again
	Logs    string // of the host; State where the system has no place of its own
	Runtime string // socket and lock: private, and short, see SocketRoom
	Home    string // FN_HOME; empty where the system's own places are used
}

// The path of a unix socket has 108 bytes on Linux and 104 on macOS, with its
// final zero.
const (
	maxSocket = 100

	// SocketRoom is how many bytes a socket's path may add to Runtime.
	SocketRoom = 50
)

// Find computes the directories from the environment and touches none of them.
func Find(getenv func(string) string) (Dirs, error) {
	return system{goos: runtime.GOOS, getenv: getenv, uid: os.Getuid(), owned: owned}.find()
}

// system is what the places depend on.
type system struct {
	goos   string
	getenv func(string) string
	uid    int
	owned  func(dir string, uid int) bool
}

func (s system) find() (Dirs, error) {
	d, err := s.places()
	if err != nil {
		return Dirs{}, err
	}
	if s.goos == "windows" {
		return d, nil // no unix sockets, and no /tmp
	}
	// FN_HOME belongs to one set of directories alone; a session's runtime
	// directory may serve several.
	key := fnv.New64a()
	io.WriteString(key, strings.Join([]string{d.Config, d.Data, d.State, d.Cache}, "\x00")) //nolint:errcheck // memory does not fail
	name := hex.EncodeToString(key.Sum(nil))
	if d.Home == "" && d.Runtime != "" {
		d.Runtime = filepath.Join(d.Runtime, name)
	}
	if d.Runtime == "" || len(d.Runtime)+SocketRoom > maxSocket {
		d.Runtime = filepath.Join(s.short(), name)
	}
	return d, nil
}

// homeless is the error of an environment that says of no place.
func homeless(variable string) error {
	return fault.New(fault.Invalid, "directories: %s is not set, so there is no place for fn's files", variable).
		WithHint("FN_HOME=DIR")
}
