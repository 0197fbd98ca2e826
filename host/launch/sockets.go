package launch

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// dirPrefix is how go-plugin names the private directory of one process.
const dirPrefix = "plugin-dir"

// MaxSocketDir is the longest Spec.SocketDir, in bytes: the least that systems
// allow for a socket's path (104 with the final zero, on macOS), without
// "/plugin-dir" and "/plugin", each with up to ten digits.
const MaxSocketDir = 103 - (11 + 10) - (7 + 10)

// CleanSockets removes what processes of a killed host left in dir, a
// Spec.SocketDir. Call it before the first Start, holding the lock that makes
// this host the only one to use dir: it would take the sockets of another's
// plugins away too. A missing dir is clean.
func CleanSockets(dir string) error {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Internal, "clean sockets: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), dirPrefix) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fault.New(fault.Internal, "clean sockets: %w", err)
		}
	}
	return nil
}

func makeSocketDir(dir string) error {
	if len(dir) > MaxSocketDir {
		return fault.New(fault.Internal, "the socket directory %s has %d bytes, sockets allow %d", dir, len(dir), MaxSocketDir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.New(fault.Internal, "make the socket directory: %w", err)
	}
	return nil
}
