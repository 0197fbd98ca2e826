package main

import (
	"os/exec"
	"testing"
	"time"
)

// newTestKeeper keeps processes of this machine: what starts them is all that it
// knows of containers.
func newTestKeeper(t *testing.T, alive time.Duration, room int) *keeper {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	l := &lab{dir: prepare(t)}
	k, err := l.newKeeper(func() *exec.Cmd {
		return exec.Command(sh, "-c", `while read event; do echo "$event from $$"; done`)
	}, alive, room)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.close)
	return k
}

func answer(t *testing.T, k *keeper, function string) string {
	t.Helper()
	answer, err := k.call(function)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestKeeperUsesAContainerAgain(t *testing.T) {
	k := newTestKeeper(t, time.Hour, 2)
	first, other := answer(t, k, "a"), answer(t, k, "b")
	if first == other {
		t.Errorf("two functions share a container: %s", first)
	}
	if again := answer(t, k, "a"); again != first || k.started() != 2 {
		t.Errorf("called again: %s, was %s; %d containers were started", again, first, k.started())
	}
	answer(t, k, "c") // b was called longest ago
	if again := answer(t, k, "a"); again != first {
		t.Errorf("a container that was called since went: %s, was %s", again, first)
	}
	if again := answer(t, k, "b"); again == other {
		t.Errorf("there was room for three containers")
	}
	k.drop("b")
	if answer(t, k, "b"); k.started() != 5 {
		t.Errorf("%d containers were started, want 5", k.started())
	}
}

func TestKeeperLetsContainersGo(t *testing.T) {
	k := newTestKeeper(t, 50*time.Millisecond, 0)
	answer(t, k, "a")
	k.mu.Lock()
	c := k.kept["a"]
	k.mu.Unlock()
	if c == nil {
		t.Skip("this machine took longer than a container is kept")
	}
	select {
	case <-c.gone:
	case <-time.After(time.Minute):
		t.Fatal("a container that nobody calls stays")
	}
	if answer(t, k, "a"); k.started() != 2 {
		t.Errorf("%d containers were started, want 2", k.started())
	}
}
