package local

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
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/sdk"
)

// sometime bounds what must happen soon; a test fails after it.
const sometime = 20 * time.Second

// place is a configured component in directories of its own.
type place struct {
	t   testing.TB
	dir string
	*Component
}

func withoutGroups(string) (cgroup.Hierarchy, error) { return nil, errors.New("not in this test") }

// newPlace configures a component; change may prepare it before.
func newPlace(t testing.TB, settings string, change func(*Component)) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), Component: &Component{Program: os.Getenv(programVar)}}
	if change != nil {
		change(p.Component)
	}
	if err := p.Configure(t.Context(), configIn(t, p.dir, settings)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error("close:", err)
		}
		if left := p.scratch(); len(left) > 0 {
			t.Error("left in the scratch directory:", left)
		}
	})
	return p
}

func configIn(t testing.TB, dir, settings string) sdk.Config {
	t.Helper()
	cfg := sdk.Config{
		Component: "local", HostID: "test", Settings: json.RawMessage(settings),
		StateDir: filepath.Join(dir, "state"), ScratchDir: filepath.Join(dir, "scratch"),
	}
	for _, dir := range []string{cfg.StateDir, cfg.ScratchDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return cfg
}

func (p *place) scratch() []string {
	left, _ := filepath.Glob(filepath.Join(p.cfg.ScratchDir, "*"))
	return left
}

// function makes, without deploying it, a function of one file.
func (p *place) function(name, language, source string) sdk.Function {
	p.t.Helper()
	file := map[string]string{languageExec: "run", languagePython: "handler.py", languageNode: "index.js"}[language]
	f := sdk.Function{
		Name: name, Version: 1, Runtime: sdk.Runtime{Name: language, Language: language},
		Memory: 128 << 20, Timeout: 30 * time.Second, Network: sdk.NetworkOn,
		Code: newBundle(p.t, filepath.Join(p.dir, name+".zip"), file, source),
	}
	return f
}

func newBundle(t testing.TB, path, file, source string) sdk.Bundle {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: file, Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err == nil {
		_, err = io.WriteString(w, source)
	}
	if err = errors.Join(err, z.Close()); err == nil {
		err = os.WriteFile(path, packed.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(packed.Bytes()))
	return sdk.Bundle{Path: path, Digest: digest, Size: int64(packed.Len())}
}

// deployed makes and deploys a function of one file.
func (p *place) deployed(name, language, source string) sdk.Function {
	p.t.Helper()
	f := p.function(name, language, source)
	p.deploy(f)
	return f
}

func (p *place) deploy(f sdk.Function) {
	p.t.Helper()
	if _, err := p.Deploy(context.Background(), f, func(string, int64, int64, string) {}); err != nil {
		p.t.Fatal("deploy: ", err)
	}
}

// answer is what came of a call.
type answer struct {
	sdk.Report
	result, log string
	err         error
}

// printed collects what a call writes. The first log that arrives is announced.
type printed struct {
	mu          sync.Mutex
	result, log bytes.Buffer
	first       chan struct{}
}

func newPrinted() *printed { return &printed{first: make(chan struct{})} }

func (o *printed) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.result.Write(p)
}

func (o *printed) Log(stream sdk.LogStream, p []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.log.Len() == 0 {
		close(o.first)
	}
	o.log.Write(p)
	return nil
}

// call makes a call and returns what came of it.
func (p *place) call(ctx context.Context, f sdk.Function, event string) answer {
	return p.callInto(ctx, f, event, newPrinted())
}

var calls = struct {
	mu sync.Mutex
	n  int
}{}

func (p *place) callInto(ctx context.Context, f sdk.Function, event string, out *printed) answer {
	calls.mu.Lock()
	calls.n++
	id := fmt.Sprint("call", calls.n)
	calls.mu.Unlock()
	report, err := p.Run(ctx, sdk.Invocation{
		ID: id, Function: f, Timeout: f.Timeout, Event: strings.NewReader(event),
	}, out)
	out.mu.Lock()
	defer out.mu.Unlock()
	return answer{report, out.result.String(), out.log.String(), err}
}

// result makes a call that must succeed.
func (p *place) result(f sdk.Function, event string) string {
	p.t.Helper()
	a := p.call(context.Background(), f, event)
	if a.err != nil {
		p.t.Fatalf("run %s: %v\n%s", f.Name, a.err, a.log)
	}
	return a.result
}

// fails checks kind and message of an error and returns it.
func fails(t testing.TB, err error, kind sdk.Kind, part string) *sdk.Error {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Message, part) {
		t.Errorf("the error is %v (%s), want %s with %q", err, sdk.KindOf(err), kind, part)
		return &sdk.Error{}
	}
	return e
}

// until waits for a condition that must come true.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(sometime); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("this did not happen: " + what)
		}
	}
}

// rested waits until the pool has nothing left to do.
func (p *place) rested() {
	p.t.Helper()
	until(p.t, "the pool comes to rest", func() bool {
		for _, s := range p.pool() {
			if s.Warm != s.Want || s.Starting+s.Running > 0 {
				return false
			}
		}
		return len(p.workerDirs()) == p.processes()
	})
}

// records are those of what is deployed.
func (p *place) records() *record.Store {
	p.t.Helper()
	store, err := record.Open(filepath.Join(p.cfg.StateDir, "functions"))
	if err != nil {
		p.t.Fatal(err)
	}
	return store
}

// pool tells which workers wait.
func (p *place) pool() []sdk.PoolEntry {
	p.t.Helper()
	entries, err := p.Pool(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	return entries
}

// processes counts the workers there are.
func (p *place) processes() int { return len(p.launcher.PIDs()) }

// processesWith lists the processes whose command line holds text.
func processesWith(t testing.TB, text string) (pids []string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		line, err := os.ReadFile(path)
		if err == nil && bytes.Contains(line, []byte(text)) {
			pids = append(pids, filepath.Base(filepath.Dir(path)))
		}
	}
	return pids
}

// uniqueSleep is a command that lasts, and can be told from all others.
func uniqueSleep(t testing.TB) string {
	return fmt.Sprintf("sleep 8%d.%d", os.Getpid(), time.Now().UnixNano()%1e9)
}

// needsPython skips a test where there is none.
func needsPython(t testing.TB, p *place) {
	t.Helper()
	if _, err := p.python.Find(t.Context()); err != nil {
		t.Skip(err)
	}
}

// needsNode skips a test where there is none.
func needsNode(t testing.TB, p *place) {
	t.Helper()
	if _, err := p.node.Find(t.Context()); err != nil {
		t.Skip(err)
	}
}

// newEvent is an event that does not end until it is released.
func newEvent() (event io.Reader, release func()) {
	r, w := io.Pipe()
	return r, func() { w.Close() }
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// workerDirs are the directories of workers; templates have some too.
func (p *place) workerDirs() []string {
	dirs, _ := filepath.Glob(filepath.Join(p.cfg.ScratchDir, "w-*"))
	return dirs
}

// onlyForks returns when no python worker of another sort waits any more.
func (p *place) onlyForks() {
	p.t.Helper()
	f := p.deployed("pid", languagePython, "import os\ndef handler(event, context):\n    return os.getpid()\n")
	until(p.t, "workers are forks", func() bool {
		for range p.settings.Warm + 1 {
			p.rested()
			if p.result(f, "{}") != "2" { // 1 is the one that made the sandbox
				return false
			}
		}
		return true
	})
	p.rested()
}
