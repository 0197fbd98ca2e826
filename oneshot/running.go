package oneshot

import "sync"

// running counts the calls of each function. The zero value is ready.
type running struct {
	mu    sync.Mutex
	calls map[string]int
}

// begin counts a call until the returned function is called.
func (r *running) begin(function string) (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls == nil {
		r.calls = map[string]int{}
	}
	r.calls[function]++
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.calls[function]--; r.calls[function] == 0 {
			delete(r.calls, function)
		}
	}
}

func (r *running) of(function string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[function]
}
