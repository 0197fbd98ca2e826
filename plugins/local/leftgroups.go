package local

import (
	"sync"

	"github.com/fnhost/fn/plugins/local/cgroup"
)

// leftGroups removes control groups of killed processes, and remembers which
// until somebody is told.
type leftGroups struct {
	mu     sync.Mutex
	untold []string
}

// mostUntold bounds what is remembered; the first are.
const mostUntold = 1000

// sweep removes those of an owner. The error is of what could not be removed.
func (l *leftGroups) sweep(owner string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	removed, err := cgroup.Collect(owner)
	l.untold = append(l.untold, removed[:min(len(removed), mostUntold-len(l.untold))]...)
	return err
}

// take returns what was removed, and forgets it.
func (l *leftGroups) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	removed := l.untold
	l.untold = nil
	return removed
}
