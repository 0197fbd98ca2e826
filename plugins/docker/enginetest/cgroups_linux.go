package enginetest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// removeGroups removes a control group and all below it, from every hierarchy.
// The kernel may need a moment after the last process of a group ended.
func removeGroups(name string) error {
	places := []string{filepath.Join("/sys/fs/cgroup", name)}
	below, err := filepath.Glob(filepath.Join("/sys/fs/cgroup", "*", name))
	if err != nil {
		return err
	}
	for _, place := range append(places, below...) {
		if err := removeGroup(place); err != nil {
			return err
		}
	}
	return nil
}

func removeGroup(place string) error {
	var groups []string
	filepath.WalkDir(place, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			groups = append(groups, path)
		}
		return nil
	})
	for _, group := range slices.Backward(groups) { // what is below goes first
		err := os.Remove(group)
		for range 500 {
			if err == nil || os.IsNotExist(err) {
				break
			}
			time.Sleep(10 * time.Millisecond)
			err = os.Remove(group)
		}
		if err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove the control group: %w", err)
		}
	}
	return nil
}
