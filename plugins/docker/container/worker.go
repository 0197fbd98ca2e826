package container

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// statsLimit bounds the question for the memory of a container.
const statsLimit = 2 * time.Second

// Worker is one that waits for a function, serves one call of it and ends. Stop
// must be called in any case.
type Worker struct {
	*worker.Conn
	Kind    Kind
	Hello   worker.Hello
	Started time.Time

	instance
	done func(gone bool) // told when the container is removed, or cannot be
	stop sync.Once
}

// ID is the container's.
func (w *Worker) ID() string { return w.id }

// Paused tells whether somebody has paused the container.
func (w *Worker) Paused() bool { return w.life.isPaused() }

// Ended is closed when the container has ended, by whatever cause.
func (w *Worker) Ended() <-chan struct{} { return w.life.ended }

// EndsWithin waits, not longer than limit, for the end.
func (w *Worker) EndsWithin(limit time.Duration) bool { return within(w.life.ended, limit) }

// Fate waits for the end and says how it was: "exit status 137".
func (w *Worker) Fate() (words string, inOrder bool) {
	<-w.life.ended
	switch status := w.life.exit(); status {
	case unknown:
		return "the engine lost it", false
	default:
		return "exit status " + strconv.Itoa(status), status == 0
	}
}

// Lost returns why nothing is heard of the container: the engine does not answer, or
// was not there for a while. nil: it is there. It takes at most some seconds.
func (w *Worker) Lost() error {
	if out := w.watch.down(); out != nil {
		return out
	}
	if err := w.watch.ping(w.watch.ctx, patience); w.watch.missed(err) {
		return w.engine.Explain(err)
	}
	if closed(w.life.ended) && w.life.exit() == unknown {
		return sdk.Errorf(sdk.Unavailable, "the engine at %s was stopped or started again meanwhile", w.engine.Place.Host)
	}
	return nil
}

// RanOutOfMemory tells whether the kernel killed a process of this container for
// want of memory.
func (w *Worker) RanOutOfMemory() bool { return w.life.starved() }

// Stop ends the worker with everything its function started, and returns when the
// engine has removed the container, at most some seconds later.
func (w *Worker) Stop() { w.stop.Do(w.end) }

func (w *Worker) end() {
	if w.Conn != nil {
		w.Conn.Close()
	}
	ends := w.Conn != nil && !w.Paused()
	w.done(w.remove(ends))
}

// Resident is the memory, in bytes, that the container holds now; 0: not known.
func (w *Worker) Resident() int64 {
	ctx, cancel := context.WithTimeout(context.Background(), statsLimit)
	defer cancel()
	answer, err := w.engine.ContainerStatsOneShot(ctx, w.id)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	var stats container.StatsResponse
	if json.NewDecoder(answer.Body).Decode(&stats) != nil {
		return 0
	}
	used := stats.MemoryStats
	// What is cached of files goes when memory is wanted. The names are those of
	// control groups of version 2 and 1.
	for _, cached := range []string{"inactive_file", "total_inactive_file"} {
		if n, ok := used.Stats[cached]; ok {
			return int64(used.Usage - min(n, used.Usage))
		}
	}
	return int64(used.Usage)
}
