package deps

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/oneshot/filelock"
	"github.com/fnhost/fn/worker"
)

// Collect removes what killed installations left unfinished, and what was not
// used for KeepUnused unless it is among the directories to be kept, which
// installations returned. It returns a line about each.
func (s *Store) Collect(keep []string) (removed []string, err error) {
	needed := map[string]bool{}
	for _, dir := range keep {
		needed[filepath.Dir(dir)] = true
	}
	entries, err := os.ReadDir(s.Dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	for _, e := range entries {
		path := filepath.Join(s.Dir, e.Name())
		info, infoErr := e.Info()
		old := infoErr == nil && s.Now().Sub(info.ModTime()) > KeepUnused
		switch key, begun := strings.CutPrefix(e.Name(), unfinished); {
		case begun:
			key = key[:max(0, strings.LastIndexByte(key, '-'))]
			if s.abandoned(key, path) {
				removed = append(removed, "an installation that was not finished: "+path)
			}
		case !old || needed[path] || strings.HasPrefix(e.Name(), locked):
		case worker.RemoveAll(path) == nil:
			removed = append(removed, "packages that nothing used for 30 days: "+path)
		}
	}
	locks, _ := filepath.Glob(filepath.Join(s.Dir, locked+"*"))
	for _, lock := range locks {
		_ = filelock.Remove(lock) // one that stays is tried again the next time
	}
	return removed, err
}

// abandoned removes what was begun under a key, unless it is being made now,
// and tells whether it did.
func (s *Store) abandoned(key, path string) bool {
	f, err := os.OpenFile(filepath.Join(s.Dir, locked+key), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false
	}
	defer f.Close()
	ours, err := filelock.Try(f)
	return err == nil && ours && worker.RemoveAll(path) == nil
}
