package container

import (
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/plugins/docker/program"
)

// TestStoppedByHand stops a worker as docker stop does, which waits 10 s for a
// container that does not heed its signal.
func TestStoppedByHand(t *testing.T) {
	l := newLauncher(t)
	image, err := program.Image(t.Context(), l.cfg.Engine)
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, l, Kind{Language: "exec", Ref: program.ImageRef, Image: image, Memory: 64 << 20, NoNetwork: true})
	began := time.Now()
	if err := l.cfg.Engine.ContainerStop(t.Context(), w.ID(), container.StopOptions{}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 9*time.Second {
		t.Errorf("it took %v", took)
	}
	if words, _ := w.Fate(); words != "exit status 137" {
		t.Error(words)
	}
}
