package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fnhost/fn/sdk"
)

const extension = ".json"

// Store is a directory of records. It may be used from several goroutines and
// several processes at once.
type Store struct{ dir string }

// Open makes the directory if it is missing and removes what an interrupted
// write left in it.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir}
	return s, s.locked(func() error {
		left, err := filepath.Glob(filepath.Join(dir, temporary))
		for _, path := range left {
			err = errors.Join(err, os.Remove(path))
		}
		return err
	})
}

// Get returns the record of a function. There is none: fs.ErrNotExist. One that
// cannot be read is an error of kind Conflict that says how to mend it.
func (s *Store) Get(name string) (Record, error) {
	return s.read(s.Path(name), name)
}

// Put writes a record, also over one that is there.
func (s *Store) Put(r Record) error {
	return s.locked(func() error { return s.write(r) })
}

// Stop marks a function as stopped. One that is stopped already stays so.
func (s *Store) Stop(name string, at time.Time) error {
	return s.locked(func() error {
		r, err := s.Get(name)
		if err != nil || r.IsStopped() {
			return err
		}
		r.Stopped = at
		return s.write(r)
	})
}

// Delete forgets a function; one that is not there is no error.
func (s *Store) Delete(name string) error {
	return s.locked(func() error {
		err := os.Remove(s.Path(name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// Names returns every function there is, sorted by escaped name.
func (s *Store) Names() (names []string, err error) {
	entries, err := os.ReadDir(s.dir)
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), extension); ok {
			names = append(names, Unescape(name))
		}
	}
	return names, err
}

// Path is the file of a function's record, whether it is there or not.
func (s *Store) Path(name string) string {
	return filepath.Join(s.dir, Escape(name)+extension)
}

func (s *Store) read(path, name string) (r Record, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	err = json.Unmarshal(data, &r)
	if err == nil && r.Name != name {
		err = fmt.Errorf("it names %q", r.Name)
	}
	if err != nil {
		return Record{}, sdk.Errorf(sdk.Conflict, "the record %s of function %s is damaged: %w", path, name, err).
			WithHint("fn deploy %s", name)
	}
	return r, nil
}
