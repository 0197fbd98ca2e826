package logbook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fnhost/fn/sdk"
)

// Shelf is the directory of all books. It may be used from several goroutines.
type Shelf struct {
	dir   string
	limit int64 // bytes of a file before it is put aside

	mu sync.Mutex // one writer or reader at a time: files are renamed
}

// Open makes the directory if it is missing. A function's two files together
// take about twice limit bytes.
func Open(dir string, limit int64) (*Shelf, error) {
	return &Shelf{dir: dir, limit: limit}, os.MkdirAll(dir, 0o700)
}

// entry is a line of the file.
type entry struct {
	Time   time.Time     `json:"time"`
	Call   string        `json:"call"`
	Stream sdk.LogStream `json:"stream"`
	Text   string        `json:"text"`
}

func (s *Shelf) path(book string) string { return filepath.Join(s.dir, book+".log") }
func (s *Shelf) old(book string) string  { return filepath.Join(s.dir, book+".log.1") }

// Write appends to a book, whose name must be good as part of a file name.
func (s *Shelf) Write(book string, records []sdk.LogRecord) error {
	if len(records) == 0 {
		return nil
	}
	var block bytes.Buffer
	lines := json.NewEncoder(&block)
	lines.SetEscapeHTML(false)
	for _, r := range records {
		if err := lines.Encode(entry(r)); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.MkdirAll(s.dir, 0o700); err != nil { // somebody may have removed it
		return err
	}
	f, err := os.OpenFile(s.path(book), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(block.Bytes())
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return err
	}
	if info.Size() >= s.limit {
		return os.Rename(s.path(book), s.old(book))
	}
	return nil
}

// Read passes on the newest records of a book, oldest first; all with tail 0. A
// book that nobody wrote is empty. A line that was only half written is left
// out.
func (s *Shelf) Read(book string, tail int, each func(sdk.LogRecord) error) error {
	records, err := s.records(book)
	if err != nil {
		return err
	}
	if tail > 0 && len(records) > tail {
		records = records[len(records)-tail:]
	}
	for _, r := range records {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Shelf) records(book string) (records []sdk.LogRecord, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range []string{s.old(book), s.path(book)} {
		data, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for line := range bytes.Lines(data) {
			var e entry
			if json.Unmarshal(line, &e) == nil {
				records = append(records, sdk.LogRecord(e))
			}
		}
	}
	return records, nil
}

// Remove throws a book away.
func (s *Shelf) Remove(book string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, path := range []string{s.old(book), s.path(book)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
