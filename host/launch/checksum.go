package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// Checksums is the sha256 of executables, remembered for as long as the file is
// the same one: same device, inode, size, time of modification and, which
// nobody can set at will, time of change. A verified start then costs one stat.
// It lives as long as the host and is never stored. The zero value is ready.
type Checksums struct {
	mu    sync.Mutex
	known map[identity]string
}

// settled is how old the last change of a file must be before its checksum is
// remembered: a second change within one tick of the file system's clock (two
// seconds on the coarsest) would not show.
const settled = 2 * time.Second

// Of returns the sha256 of the file at path, 64 hexadecimal digits. A nil
// Checksums remembers nothing.
func (c *Checksums) Of(path string) (string, error) {
	if id, same := identifyPath(path); same {
		if sum, ok := c.lookup(id); ok {
			return sum, nil
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()

	id, changed, same := identify(f)
	began := time.Now()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if again, _, ok := identify(f); ok && same && again == id && began.Sub(changed) > settled {
		c.remember(id, sum)
	}
	return sum, nil
}

func (c *Checksums) lookup(id identity) (string, bool) {
	if c == nil {
		return "", false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sum, ok := c.known[id]
	return sum, ok
}

func (c *Checksums) remember(id identity, sum string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = make(map[identity]string)
	}
	c.known[id] = sum
}

// verify checks that the executable is the wanted one.
func verify(s Spec) error {
	if s.SHA256 == "" {
		return nil
	}
	got, err := s.Checksums.Of(s.Path)
	if err != nil {
		return fault.New(fault.Broken, "verify the plugin: %w", err).WithHint("chmod u+r %s", s.Path)
	}
	if !strings.EqualFold(got, s.SHA256) {
		return fault.New(fault.Broken, "%s has changed: its sha256 is %s, the lock wants %s", s.Path, got, s.SHA256).
			WithHint("fn plugins lock   # accepts it as it is now")
	}
	return nil
}
