package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/fnhost/fn/host/api"
)

const (
	// maxFile bounds what is read, in bytes; a real file has a few kilobytes.
	maxFile = 4 << 20

	// maxKeys bounds the observations kept of one component: callers whose
	// environment never repeats would fill the file.
	maxKeys = 8
)

// read returns what the file at path holds, and why it holds nothing. A missing
// file is no reason.
func read(path string) (entries []api.CachedComponent, missing bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil
	}
	if err != nil {
		return nil, true, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, true, err
	}
	entries, err = parse(data)
	return entries, err != nil, err
}

// parse reads a components file. What it returns it would write the same way.
func parse(data []byte) ([]api.CachedComponent, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("it has more than %d bytes", maxFile)
	}
	var file api.ComponentsFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	if file.Format != api.ComponentsFormat {
		return nil, fmt.Errorf("it has format %d, this fn writes %d", file.Format, api.ComponentsFormat)
	}
	seen := make(map[id]bool)
	var entries []api.CachedComponent
	for _, e := range file.Components {
		at := id{e.Name, e.Key}
		if e.Name == "" || e.Key == "" || seen[at] || !known(e.State) {
			return nil, fmt.Errorf("component %q, key %q, state %q: damaged", e.Name, e.Key, e.State)
		}
		seen[at] = true
		e.Provides = ordered(e.Provides)
		e.Checks = append([]api.Check{}, e.Checks...)
		entries = append(entries, e)
	}
	return entries, nil
}

func known(state string) bool {
	return state == api.ComponentReady || state == api.ComponentUnavailable || state == api.ComponentBroken
}

// ordered returns the verbs that there are, in their order, each once; never nil.
func ordered(verbs []string) []string {
	return slices.DeleteFunc(api.Verbs(), func(v string) bool { return !slices.Contains(verbs, v) })
}

func format(entries []api.CachedComponent) ([]byte, error) {
	if entries == nil {
		entries = []api.CachedComponent{}
	}
	data, err := json.MarshalIndent(api.ComponentsFile{Format: api.ComponentsFormat, Components: entries}, "", "  ")
	return append(data, '\n'), err
}

// writeFile replaces the file at path, which only its owner may read. It is not
// synced: after a power failure an empty file counts as missing.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
