package docker

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

// sometime bounds what must happen soon; a test fails after it.
const sometime = 30 * time.Second

// place is a configured component in directories of its own.
type place struct {
	t   testing.TB
	dir string
	*Component
}

// newPlace configures a component that runs python and node in the test images.
func newPlace(t testing.TB, settings map[string]any) *place {
	t.Helper()
	all := map[string]any{"images": map[string]string{
		"python": enginetest.Python(t), "node": enginetest.Node(t), "exec": enginetest.Python(t),
	}}
	for name, value := range settings {
		all[name] = value
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, dir: t.TempDir(), Component: &Component{Program: programs}}
	cfg := sdk.Config{Component: "docker", HostID: filepath.Base(p.dir) + fmt.Sprint(time.Now().UnixNano()), Settings: text}
	for name, dir := range map[string]*string{"state": &cfg.StateDir, "scratch": &cfg.ScratchDir} {
		*dir = filepath.Join(p.dir, name)
		if err := os.Mkdir(*dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Configure(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return p
}

// function is one whose code consists of the files.
func (p *place) function(name, language string, files map[string]string) sdk.Function {
	p.t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for path, content := range files {
		w, err := z.Create(path)
		if err != nil {
			p.t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		p.t.Fatal(err)
	}
	digest := fmt.Sprintf("%x", sha256.Sum256(packed.Bytes()))
	path := filepath.Join(p.dir, digest+".zip")
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return sdk.Function{
		Name: name, Version: 1, Runtime: sdk.Runtime{Name: language, Language: language},
		Code:   sdk.Bundle{Path: path, Digest: "sha256:" + digest, Size: int64(packed.Len())},
		Memory: 128 << 20, Timeout: 10 * time.Second, Network: sdk.NetworkNone,
	}
}

// deploy deploys a function.
func (p *place) deploy(f sdk.Function) sdk.Function {
	p.t.Helper()
	if _, err := p.Deploy(p.t.Context(), f, quiet); err != nil {
		p.t.Fatalf("deploy: %+v", err)
	}
	return f
}

func quiet(string, int64, int64, string) {}

// answer is what a call brought.
type answer struct {
	sdk.Report
	result, log string
	err         error
}

// call makes one.
func (p *place) call(ctx context.Context, f sdk.Function, event string) answer {
	out := &printed{}
	report, err := p.Run(ctx, sdk.Invocation{ID: "call", Function: f, Timeout: f.Timeout, Event: strings.NewReader(event)}, out)
	out.mu.Lock()
	defer out.mu.Unlock()
	return answer{report, out.result.String(), out.log.String(), err}
}

// printed collects what a call produces.
type printed struct {
	mu          sync.Mutex
	result, log bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.result.Write(b)
}

func (p *printed) Log(_ sdk.LogStream, b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.Write(b)
	return nil
}

// fails checks an error's kind, and part of its text and hint.
func fails(t testing.TB, err error, kind sdk.Kind, part string) {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Error()+"\n"+e.Hint, part) {
		t.Errorf("the error is %+v, want %s with %q", err, kind, part)
	}
}

// until waits for a condition.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(sometime); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("in vain:", what)
		}
	}
}
