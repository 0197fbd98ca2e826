package catalog_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// plugins stands for every plugin: it counts who was probed and answers as told.
type plugins struct {
	mu     sync.Mutex
	probes map[string]int
	answer map[string]func(context.Context) (sdk.Validation, error)
}

func (p *plugins) probe(ctx context.Context, t catalog.Target) (sdk.Description, []string, sdk.Validation, error) {
	p.mu.Lock()
	p.probes[t.Name]++
	answer := p.answer[t.Name]
	p.mu.Unlock()
	is := sdk.Description{Name: "kind", Version: "1.2", Env: []string{"HOME"}}
	provides := []string{"run", "deploy", "stop", "status", "logs", "nonsense"}
	if answer == nil {
		return is, provides, sdk.Validation{Checks: []sdk.Check{{Name: "one", State: sdk.CheckOK}}}, nil
	}
	v, err := answer(ctx)
	if fault.KindOf(err) == fault.Broken {
		return sdk.Description{}, nil, v, err
	}
	return is, provides, v, err
}

func (p *plugins) set(name string, answer func(context.Context) (sdk.Validation, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer[name] = answer
}

func (p *plugins) count(name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.probes[name]
}

func (p *plugins) counted(t *testing.T, name string, want int) {
	t.Helper()
	if got := p.count(name); got != want {
		t.Errorf("%s was probed %d times, want %d", name, got, want)
	}
}

func failing(context.Context) (sdk.Validation, error) {
	return sdk.Validation{Checks: []sdk.Check{
		{Name: "client", State: sdk.CheckOK},
		{Name: "daemon", State: sdk.CheckFailed, Message: "does not answer", Hint: "systemctl start it"},
		{Name: "image", State: sdk.CheckFailed},
	}}, nil
}

func broken(context.Context) (sdk.Validation, error) {
	return sdk.Validation{}, fault.New(fault.Broken, "ended unasked").WithHint("mend it").In("docker", "start")
}

// world is a catalog over plugins, within a synctest bubble.
type world struct {
	*catalog.Catalog
	plugins *plugins
	path    string
	offset  atomic.Int64 // of the wall clock
}

func open(t *testing.T, path string) *world {
	t.Helper()
	w := &world{plugins: &plugins{probes: map[string]int{}, answer: map[string]func(context.Context) (sdk.Validation, error){}}, path: path}
	w.reopen(t)
	return w
}

func (w *world) reopen(t *testing.T) {
	t.Helper()
	if w.Catalog != nil {
		w.Close()
	}
	c := catalog.New(catalog.Options{Path: w.path, Probe: w.plugins.probe, Now: w.now})
	t.Cleanup(c.Close)
	w.Catalog = c
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.offset.Load())) }

func (w *world) file(t *testing.T) api.ComponentsFile {
	t.Helper()
	data, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	var f api.ComponentsFile
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

var docker = catalog.Target{Name: "docker", Plugin: "/p/fn-plugin-docker", SHA256: "abc", Key: "k1"}

// bubble runs f with time of its own.
func bubble(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "components.json")
	synctest.Test(t, func(t *testing.T) { f(t, open(t, path)) })
}
