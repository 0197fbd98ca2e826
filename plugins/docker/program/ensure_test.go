package program

import (
	"context"
	"crypto/rand"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/volume"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/plugins/docker/enginetest"
)

const testLabel = "fn.program.test"

// A place is an engine with programs that nobody else has.
type place struct {
	*engine.Engine
	files  map[string]string
	labels map[string]string
	wanted programs
	arch   string

	network container.NetworkMode // of its workers; none by default
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{Engine: enginetest.Client(t), labels: map[string]string{testLabel: rand.Text()}}
	arch, err := Architecture(t.Context(), p.Engine)
	if err != nil {
		t.Fatal(err)
	}
	p.arch = arch
	if p.files, err = Find(build(t), arch); err != nil {
		t.Fatal(err)
	}
	unique := filepath.Join(t.TempDir(), "unique")
	if err := os.WriteFile(unique, []byte(rand.Text()), 0o600); err != nil {
		t.Fatal(err)
	}
	p.files = maps.Clone(p.files)
	p.files["unique"] = unique
	if p.wanted, err = read(p.files, arch); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.collect(t) })
	return p
}

func (p *place) ensure(t testing.TB) string {
	t.Helper()
	name, err := Ensure(t.Context(), p.Engine, p.files, p.labels)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func (p *place) ours() filters.Args {
	return filters.NewArgs(filters.Arg("label", testLabel+"="+p.labels[testLabel]))
}

// made returns the containers and the volumes that the test made.
func (p *place) made(t testing.TB) (containers, volumes []string) {
	t.Helper()
	ctx := context.Background()
	listed, err := p.ContainerList(ctx, container.ListOptions{All: true, Filters: p.ours()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range listed {
		containers = append(containers, c.ID)
	}
	found, err := p.VolumeList(ctx, volume.ListOptions{Filters: p.ours()})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found.Volumes {
		volumes = append(volumes, v.Name)
	}
	return containers, volumes
}

func (p *place) collect(t testing.TB) {
	containers, volumes := p.made(t)
	for _, id := range containers {
		p.ContainerRemove(context.Background(), id, container.RemoveOptions{Force: true})
	}
	for _, name := range volumes {
		if err := p.VolumeRemove(context.Background(), name, false); err != nil {
			t.Error(err)
		}
	}
}

func TestEnsureMakesOneVolume(t *testing.T) {
	p := newPlace(t)
	first := p.ensure(t)
	if again := p.ensure(t); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	if containers, volumes := p.made(t); len(containers) != 1 || len(volumes) != 1 {
		t.Errorf("containers %v, volumes %v", containers, volumes)
	}
}

func TestEnsureByManyAtOnce(t *testing.T) {
	p := newPlace(t)
	names := make([]string, 5)
	var all sync.WaitGroup
	for i := range names {
		all.Go(func() {
			e := enginetest.Client(t)
			var err error
			if names[i], err = Ensure(t.Context(), e, p.files, p.labels); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if slices.Sort(names); names[0] == "" || len(slices.Compact(names)) != 1 {
		t.Errorf("volumes %v", names)
	}
	if containers, volumes := p.made(t); len(containers) != 1 || len(volumes) != 1 {
		t.Errorf("containers %v, volumes %v", containers, volumes)
	}
}

// TestEnsureAfterOneThatWasKilled finds what one left that wrote half.
func TestEnsureAfterOneThatWasKilled(t *testing.T) {
	p := newPlace(t)
	image, err := emptyImage(t.Context(), p.Engine, p.arch)
	if err != nil {
		t.Fatal(err)
	}
	left, err := newVolume(t.Context(), p.Engine, image, map[string]string{Label: p.wanted.digest, testLabel: p.labels[testLabel]})
	if err != nil {
		t.Fatal(err)
	}
	if err := left.write(t.Context(), programs{files: p.wanted.files[:1]}); err != nil {
		t.Fatal(err)
	}
	if name := p.ensure(t); name == left.volume {
		t.Errorf("half a volume, %s", name)
	}
}

func TestEnsureOfWhatWasHarmed(t *testing.T) {
	p := newPlace(t)
	for name, harm := range map[string]func(volume string) error{
		"the keeper is removed": func(string) error {
			return p.ContainerRemove(t.Context(), keeperName(p.wanted), container.RemoveOptions{})
		},
		"a program is cut": func(volume string) error {
			packed, err := pack(tarFile{Worker, mode, []byte("half")})
			if err != nil {
				return err
			}
			return p.CopyToContainer(t.Context(), keeperName(p.wanted), Dir, packed, container.CopyToContainerOptions{})
		},
	} {
		before := p.ensure(t)
		if err := harm(before); err != nil {
			t.Fatal(name, err)
		}
		if after := p.ensure(t); after == before {
			t.Errorf("%s: still %s", name, after)
		}
	}
}

func TestEnsureWithoutAProgram(t *testing.T) {
	p := newPlace(t)
	p.files[Worker] = filepath.Join(t.TempDir(), "none")
	if _, err := Ensure(t.Context(), p.Engine, p.files, p.labels); err == nil || !strings.Contains(err.Error(), "none") {
		t.Error(err)
	}
}

func TestImageIsTheSame(t *testing.T) {
	e := enginetest.Client(t)
	one, err := Image(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if two, err := Image(t.Context(), e); err != nil || one != two {
		t.Error(one, two, err)
	}
}
