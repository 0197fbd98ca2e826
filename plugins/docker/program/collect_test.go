package program

import (
	"slices"
	"testing"
	"time"
)

func TestCollect(t *testing.T) {
	p := newPlace(t)
	image, err := emptyImage(t.Context(), p.Engine, p.arch)
	if err != nil {
		t.Fatal(err)
	}
	kept := p.ensure(t)
	w := p.start(t, mounts(kept), image, "exec")
	half, err := newVolume(t.Context(), p.Engine, image, map[string]string{Label: p.wanted.digest, testLabel: p.labels[testLabel]})
	if err != nil {
		t.Fatal(err)
	}
	collects := func(inUse string, ages map[bool]time.Duration, want ...string) {
		t.Helper()
		got, err := collect(t.Context(), p.Engine, inUse, testLabel+"="+p.labels[testLabel], ages)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("removed %v, %v, wanted %v", got, err, want)
		}
	}
	collects("", map[bool]time.Duration{false: time.Hour})
	collects("", map[bool]time.Duration{}, half.volume) // the other has a worker
	w.Close()
	w.gone(t)
	collects("", map[bool]time.Duration{true: time.Hour})
	collects(kept, map[bool]time.Duration{})
	collects("", map[bool]time.Duration{}, kept)
	if containers, volumes := p.made(t); len(containers)+len(volumes) > 0 {
		t.Errorf("containers %v, volumes %v", containers, volumes)
	}
}
