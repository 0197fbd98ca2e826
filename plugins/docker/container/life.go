package container

import "sync"

// unknown is the exit status of a container that the engine does not know any
// more.
const unknown = -1

// A life is what becomes of one container.
type life struct {
	ended chan struct{} // its entry process has ended
	gone  chan struct{} // it is removed

	mu     sync.Mutex
	status int
	hungry bool
	paused bool
}

func (l *life) exit() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

func (l *life) starved() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hungry
}

func (l *life) starve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hungry = true
}

func (l *life) pause(paused bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused = paused
}

func (l *life) isPaused() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paused
}

func (l *life) end(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !closed(l.ended) {
		l.status = status
		close(l.ended)
	}
}

func (l *life) vanish() {
	l.end(unknown)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !closed(l.gone) {
		close(l.gone)
	}
}

func closed(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
