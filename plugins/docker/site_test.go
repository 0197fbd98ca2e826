package docker

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/sdk"
)

// site is a configured component with an engine, in directories of its own.
type site struct {
	*Component
	t      testing.TB
	dir    string
	host   string // its id
	engine *engine.Engine
	calls  atomic.Int64
}

// newSite configures a component for an engine; functions run in empty images.
func newSite(t testing.TB, e *engine.Engine, host, settings string) *site {
	t.Helper()
	s := siteIn(t, t.TempDir(), e, host, settings)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error("close:", err)
		}
		if left := s.ours(); len(left) > 0 {
			t.Error("left after Close:", left)
		}
	})
	return s
}

func siteIn(t testing.TB, dir string, e *engine.Engine, host, settings string) *site {
	t.Helper()
	s := &site{t: t, dir: dir, host: host, engine: e, Component: &Component{Program: programs}}
	s.Getenv = func(name string) string {
		if name == "DOCKER_HOST" {
			return e.Place.Host
		}
		return os.Getenv(name)
	}
	if settings == "" {
		settings = `{"images": {"exec": ""}}`
	}
	cfg := sdk.Config{
		Component: "docker", HostID: host, Settings: json.RawMessage(settings),
		StateDir: filepath.Join(dir, "state"), ScratchDir: filepath.Join(dir, "scratch"),
	}
	for _, dir := range []string{cfg.StateDir, cfg.ScratchDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Configure(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	return s
}

// ours are the containers of the host's.
func (s *site) ours() (names []string) {
	s.t.Helper()
	list, err := s.engine.ContainerList(context.Background(), container.ListOptions{All: true, Filters: filters.NewArgs(
		filters.Arg("label", "fn.host="+s.host), filters.Arg("label", "fn.process"))})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range list {
		names = append(names, fmt.Sprintf("%.12s (%s, %s)", c.ID, c.Labels["fn.role"], c.State))
	}
	return names
}

// actor is a function that says "ready" and lasts when its event is "last", tells of
// its code when that is "code", and else answers with the event.
const actor = `package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	event, _ := io.ReadAll(os.Stdin)
	if string(event) == "last" {
		os.Stderr.WriteString("ready\n")
		time.Sleep(time.Hour)
	}
	if string(event) == "code" {
		data, err := os.ReadFile("deep/data")
		sum := sha256.Sum256(data)
		fmt.Print(len(data), hex.EncodeToString(sum[:]), err, os.WriteFile("new", nil, 0o600))
		return
	}
	os.Stdout.Write(event)
}
`

var actorProgram = sync.OnceValues(func() ([]byte, error) {
	source := filepath.Join(programs, "actor.go")
	if err := os.WriteFile(source, []byte(actor), 0o600); err != nil {
		return nil, err
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(programs, "actor"), source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	return os.ReadFile(filepath.Join(programs, "actor"))
})

// function makes an actor, without deploying it.
func (s *site) function(name string) sdk.Function { return s.functionWith(name, nil) }

// functionWith is function with a file "data" beside the program, if it is not
// empty.
func (s *site) functionWith(name string, data []byte) sdk.Function {
	s.t.Helper()
	program, err := actorProgram()
	if err != nil {
		s.t.Fatal(err)
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: "run", Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err == nil {
		_, err = w.Write(program)
	}
	if err == nil && len(data) > 0 {
		if w, err = z.CreateHeader(&zip.FileHeader{Name: "deep/data"}); err == nil {
			_, err = w.Write(data)
		}
	}
	path := filepath.Join(s.dir, name+".zip")
	if err = errors.Join(err, z.Close()); err == nil {
		err = os.WriteFile(path, packed.Bytes(), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return sdk.Function{
		Name: name, Version: 1, Runtime: sdk.Runtime{Name: languageExec, Language: languageExec},
		Memory: 64 << 20, Timeout: 10 * time.Second, Network: sdk.NetworkOn,
		Code: sdk.Bundle{Path: path, Size: int64(packed.Len()), Digest: fmt.Sprintf("sha256:%x", sha256.Sum256(packed.Bytes()))},
	}
}

func (s *site) deployed(f sdk.Function) sdk.Function {
	s.t.Helper()
	if _, err := s.Deploy(context.Background(), f, quiet); err != nil {
		s.t.Fatal("deploy:", err)
	}
	return f
}

// said collects what a call writes. The first log that arrives is announced.
type said struct {
	mu     sync.Mutex
	result bytes.Buffer
	once   sync.Once
	first  chan struct{}
}

func (o *said) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.result.Write(p)
}

func (o *said) Log(sdk.LogStream, []byte) error {
	o.once.Do(func() { close(o.first) })
	return nil
}

func (s *site) call(f sdk.Function, event string) (string, error) {
	out := &said{first: make(chan struct{})}
	err := s.callInto(f, event, out)
	return out.result.String(), err
}

func (s *site) callInto(f sdk.Function, event string, out sdk.Output) error {
	_, err := s.Run(context.Background(), sdk.Invocation{
		ID: fmt.Sprint("call", s.calls.Add(1)), Function: f, Timeout: f.Timeout, Event: io.Reader(strings.NewReader(event)),
	}, out)
	return err
}

// answers makes a call that must succeed.
func (s *site) answers(f sdk.Function, event string) {
	s.t.Helper()
	if got, err := s.call(f, event); err != nil || got != event {
		s.t.Fatalf("run %s: %q, %v %s", f.Name, got, err, mend(err))
	}
}

func mend(err error) string {
	var e *sdk.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// warm waits until as many workers wait as are wanted, and returns their number.
func (s *site) warm() (n int) {
	s.t.Helper()
	until(s.t, "the pool comes to rest", func() bool {
		entries, err := s.Pool(context.Background())
		if err != nil {
			s.t.Fatal(err)
		}
		n = 0
		for _, e := range entries {
			if n += e.Warm; e.Warm != e.Want || e.Starting+e.Running > 0 {
				return false
			}
		}
		return n > 0
	})
	return n
}
