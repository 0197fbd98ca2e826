package presence

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/oneshot/filelock"
)

// Room is a directory in which each process holds a lock on a file of its own.
type Room struct{ dir string }

// Presence is that of this process.
type Presence struct {
	ID   string // never used before
	file *os.File
}

// Open returns the room in a directory, which is made if it is missing.
func Open(dir string) (Room, error) { return Room{dir}, os.MkdirAll(dir, 0o700) }

// Enter makes this process present until it leaves or ends.
func (r Room) Enter() (*Presence, error) {
	var random [8]byte
	rand.Read(random[:])
	id := hex.EncodeToString(random[:])
	file, err := os.OpenFile(r.file(id), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := filelock.Lock(file); err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	return &Presence{ID: id, file: file}, nil
}

// Leave ends the presence.
func (p *Presence) Leave() error {
	return errors.Join(os.Remove(p.file.Name()), p.file.Close())
}

// Has tells whether the process with that id is present. Where that cannot be
// found out it is taken to be.
func (r Room) Has(id string) bool {
	if _, err := hex.DecodeString(id); err != nil || id == "" {
		return false // no process ever had it
	}
	file, err := os.OpenFile(r.file(id), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		return true
	}
	defer file.Close()
	held, err := filelock.Try(file)
	if err != nil || !held {
		return true
	}
	os.Remove(file.Name()) // it died
	return false
}

func (r Room) file(id string) string { return filepath.Join(r.dir, id) }
