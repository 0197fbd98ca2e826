package program

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/mount"
	"github.com/fnhost/fn/plugins/docker/enginetest"
)

// BenchmarkStart compares the ways in which a container can have the programs,
// from its creation to the worker's Hello, by turns: medians and minima, in ms.
func BenchmarkStart(b *testing.B) {
	p := newPlace(b)
	image, err := Image(b.Context(), p.Engine)
	if err != nil {
		b.Fatal(err)
	}
	baked := enginetest.Scratch(b, p.Engine, map[string]string{Dir + "/" + Worker: p.files[Worker]})
	dir := filepath.Dir(p.files[Worker])
	if err := os.Chmod(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	ways := []struct {
		name, image string
		mounts      []mount.Mount
		took        []time.Duration
	}{
		{"volume", image, mounts(p.ensure(b)), nil},
		{"bind", image, []mount.Mount{{Type: mount.TypeBind, Source: dir, Target: Dir, ReadOnly: true}}, nil},
		{"baked", baked, nil, nil},
	}
	for b.Loop() {
		for i := range ways {
			start := time.Now()
			w := p.start(b, ways[i].mounts, ways[i].image, "exec")
			ways[i].took = append(ways[i].took, time.Since(start))
			w.Close()
			w.gone(b)
		}
	}
	for _, w := range ways {
		slices.Sort(w.took)
		b.ReportMetric(float64(w.took[len(w.took)/2].Microseconds())/1000, w.name+"-median")
		b.ReportMetric(float64(w.took[0].Microseconds())/1000, w.name+"-min")
	}
}

// BenchmarkEnsure is of a volume that is there.
func BenchmarkEnsure(b *testing.B) {
	p := newPlace(b)
	start := time.Now()
	p.ensure(b)
	b.Logf("the first time: %v", time.Since(start))
	for b.Loop() {
		p.ensure(b)
	}
}
