package container

import (
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
)

// held returns the id of the holder whose network a worker is in, or "".
func held(t *testing.T, l *Launcher, w *Worker) string {
	t.Helper()
	found, err := l.cfg.Engine.ContainerInspect(t.Context(), w.ID())
	if err != nil {
		t.Fatal(err)
	}
	id, ok := strings.CutPrefix(string(found.HostConfig.NetworkMode), "container:")
	if !ok {
		return ""
	}
	return id
}

// ids returns those of the free holders once nothing is being made or ended.
func (s *holders) ids() (ids []string) {
	s.work.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, free := range s.free {
		for _, h := range free {
			ids = append(ids, h.id)
		}
	}
	return ids
}

// withHolder is a launcher that has one free holder.
func withHolder(t *testing.T, none bool) (l *Launcher, id string) {
	t.Helper()
	l = newLauncher(t)
	w := start(t, l, python(t, none))
	if id := held(t, l, w); id != "" {
		t.Errorf("the first worker is in the network of %s", id)
	}
	w.Stop()
	ids := l.holders.ids()
	if len(ids) != 1 {
		t.Fatalf("%d holders", len(ids))
	}
	return l, ids[0]
}

func TestAHolderServesOneWorkerAtATime(t *testing.T) {
	for _, none := range []bool{false, true} {
		l, id := withHolder(t, none)
		for range 2 {
			one, two := start(t, l, python(t, none)), start(t, l, python(t, none))
			if got := held(t, l, one); got != id {
				t.Errorf("the worker is in the network of %q, not of %s", got, id)
			}
			if got := held(t, l, two); got != "" {
				t.Errorf("two workers are in the networks of %s and %s", id, got)
			}
			if got := l.holders.ids(); len(got) > 0 {
				t.Errorf("free: %q", got)
			}
			call(t, one, " return 1\n")
			if got := l.holders.ids(); len(got) != 1 || got[0] != id {
				t.Errorf("free: %q, wanted %s", got, id)
			}
			l.holders.mu.Lock()
			l.holders.rest = time.Now().Add(time.Hour) // one is enough
			l.holders.mu.Unlock()
			two.Stop()
		}
	}
}

func TestAHolderThatEndedServesNobody(t *testing.T) {
	l, id := withHolder(t, true)
	h := l.holders.free["none"][0]
	if err := l.cfg.Engine.ContainerKill(t.Context(), id, "KILL"); err != nil {
		t.Fatal(err)
	}
	<-h.life.gone
	if got := held(t, l, start(t, l, python(t, true))); got != "" {
		t.Errorf("the worker is in the network of %s", got)
	}
}

// TestAHolderMayEndWhileAWorkerStarts has one of which the launcher does not yet
// know that it ended.
func TestAHolderMayEndWhileAWorkerStarts(t *testing.T) {
	l, id := withHolder(t, true)
	h := l.holders.free["none"][0]
	known := h.life
	h.life = &life{ended: make(chan struct{}), gone: known.gone}
	if err := l.cfg.Engine.ContainerKill(t.Context(), id, "KILL"); err != nil {
		t.Fatal(err)
	}
	<-known.gone
	if got := held(t, l, start(t, l, python(t, true))); got != "" {
		t.Errorf("the worker is in the network of %s", got)
	}
}

func TestWorkersOfProvidedHaveNetworksOfTheirOwn(t *testing.T) {
	l, id := withHolder(t, true)
	kind := python(t, true)
	kind.Language = "provided"
	w := start(t, l, kind)
	if got := held(t, l, w); got != "" {
		t.Errorf("the worker is in the network of %s", got)
	}
	w.Stop()
	if got := l.holders.ids(); len(got) != 1 || got[0] != id {
		t.Errorf("free: %q, wanted %s", got, id)
	}
}

func TestHoldersOfNoUseEnd(t *testing.T) {
	l, _ := withHolder(t, true)
	l.holders.age()
	if got := l.holders.ids(); len(got) != 1 {
		t.Errorf("free: %q", got)
	}
	l.holders.free["none"][0].since = time.Now().Add(-2 * unused)
	l.holders.age()
	if got := l.holders.ids(); len(got) > 0 {
		t.Errorf("free: %q", got)
	}
	left, err := l.cfg.Engine.ContainerList(t.Context(), container.ListOptions{All: true, Filters: l.cfg.Owner.mine()})
	if err != nil || len(left) > 0 {
		t.Errorf("%+v, %v", left, err)
	}
}

func TestHoldersOfDeadProcessesAreSwept(t *testing.T) {
	l, id := withHolder(t, true)
	other := l.cfg.Owner
	other.Process = "another"
	removed, err := Sweep(t.Context(), l.cfg.Engine, other, func(string) bool { return false })
	if want := "container " + id[:12] + " (holder)"; err != nil || len(removed) != 1 || removed[0] != want {
		t.Errorf("%q, %v, wanted %s", removed, err, want)
	}
}
