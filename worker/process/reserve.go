package process

import (
	"runtime"
	"sync"
)

// Reserve has so many threads wait for work. A program in Go ends at once when it
// needs a thread that it cannot have: in a container that its function has filled
// with processes there are those it began with.
func Reserve(threads int) {
	var here, done sync.WaitGroup
	all := make(chan struct{})
	here.Add(threads)
	for range threads {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			here.Done()
			<-all
		})
	}
	here.Wait()
	close(all)
	done.Wait()
}
