package process

import (
	"os"
	"testing"
)

func TestThreadsAreReserved(t *testing.T) {
	Reserve(16)
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil || len(threads) < 16 {
		t.Errorf("%d threads, %v", len(threads), err)
	}
}
