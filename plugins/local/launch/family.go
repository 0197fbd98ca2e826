package launch

import (
	"maps"
	"os/exec"
	"slices"
	"sync"
)

// family tells the processes that this one started from the orphans that it
// inherits. Both are its children; only the latter may be swept away.
type family struct {
	// forks is held, shared, while a process is started or reaped: whoever
	// holds it alone sees every child either in known or not at all.
	forks  sync.RWMutex
	sweeps sync.Mutex

	mu      sync.Mutex
	known   map[int]struct{}
	helpers map[int]struct{} // of known, those that are no workers
}

// add starts cmd by start and knows it until wait.
func (f *family) add(cmd *exec.Cmd, start func() error) error {
	f.forks.RLock()
	defer f.forks.RUnlock()
	if err := start(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[cmd.Process.Pid] = struct{}{}
	return nil
}

// addHelper starts a command that is no worker and knows it until wait.
func (f *family) addHelper(cmd *exec.Cmd) error {
	return f.add(cmd, func() error {
		if err := cmd.Start(); err != nil {
			return err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.helpers[cmd.Process.Pid] = struct{}{}
		return nil
	})
}

// wait is cmd.Wait, of a process that has ended where awaitEnd tells.
func (f *family) wait(cmd *exec.Cmd) error {
	f.forks.RLock()
	defer f.forks.RUnlock()
	err := cmd.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.known, cmd.Process.Pid)
	delete(f.helpers, cmd.Process.Pid)
	return err
}

func (f *family) knows(pid int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.known[pid]
	return ok
}

// list returns the workers.
func (f *family) list() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	workers := maps.Clone(f.known)
	maps.DeleteFunc(workers, func(pid int, _ struct{}) bool { _, helps := f.helpers[pid]; return helps })
	return slices.Sorted(maps.Keys(workers))
}

func (f *family) listHelpers() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.helpers))
}
