package oneshot

import (
	"cmp"
	"slices"
	"sync"

	"github.com/fnhost/fn/sdk"
)

// roster knows the workers of each function: those that wait with it loaded, and
// those that serve a call of it.
type roster struct {
	changed func()

	mu    sync.Mutex
	posts map[*waiting]post
}

type post struct {
	function string
	state    sdk.WorkerState
}

func newRoster(changed func()) *roster {
	return &roster{changed: changed, posts: map[*waiting]post{}}
}

func (r *roster) enter(w *waiting, function string, state sdk.WorkerState) {
	r.mu.Lock()
	r.posts[w] = post{function, state}
	r.mu.Unlock()
	r.changed()
}

// leave is for those that never entered, too.
func (r *roster) leave(w *waiting) {
	r.mu.Lock()
	_, ok := r.posts[w]
	delete(r.posts, w)
	r.mu.Unlock()
	if ok {
		r.changed()
	}
}

// of lists the workers of a function.
func (r *roster) of(function string) []sdk.WorkerStatus {
	r.mu.Lock()
	var here []*waiting
	var list []sdk.WorkerStatus
	for w, p := range r.posts {
		if p.function == function {
			here = append(here, w)
			list = append(list, sdk.WorkerStatus{ID: w.ID(), State: p.state})
		}
	}
	r.mu.Unlock()
	for i, w := range here {
		if w.Paused() {
			list[i].State = sdk.WorkerPaused
		}
	}
	slices.SortFunc(list, func(a, b sdk.WorkerStatus) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
