package record

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/oneshot/filelock"
)

// temporary matches the files that are being written.
const temporary = ".new-*"

// write replaces the record in one step: who reads sees the old one or the new.
func (s *Store) write(r Record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, temporary)
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.Path(r.Name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// locked does change while no other process changes the directory, which is
// made where somebody removed it.
func (s *Store) locked(change func() error) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.dir, ".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // unlocks
	if err := filelock.Lock(f); err != nil {
		return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return change()
}
