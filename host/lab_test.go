//go:build unix

package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/sdk/fault"
)

// lab is a home with a host and plugins that are real processes.
type lab struct {
	*testing.T
	dir  string // of all that belongs to the test but is not under FN_HOME
	home string
	bin  string // where fn and its plugins would lie
	dirs dirs.Dirs
	host *Host
	log  *lockedBuffer
	env  []string // the caller's
}

// newLab makes the home; open starts the host.
func newLab(t *testing.T) *lab {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "fnt-") // short: sockets lie below
	must(t, err, "")
	l := &lab{
		T: t, dir: dir, home: filepath.Join(dir, "home"), bin: filepath.Join(dir, "bin"), log: new(lockedBuffer),
		env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir},
	}
	for _, d := range []string{l.home, l.bin, filepath.Join(l.home, "config")} {
		must(t, os.MkdirAll(d, 0o700), "")
	}
	l.dirs, err = dirs.Find(func(name string) string { return map[string]string{"FN_HOME": l.home}[name] })
	must(t, err, "")
	t.Cleanup(func() {
		l.close()
		if t.Failed() {
			t.Logf("the host's log:\n%s", l.log)
		}
		must(t, os.RemoveAll(dir), "")
	})
	return l
}

// open starts a host on the home.
func (l *lab) open() *lab {
	l.Helper()
	var err error
	l.host, err = Open(Options{
		Dirs: l.dirs, Manifest: l.dirs.Manifest(), Beside: l.bin, Version: "test", Build: "test", Log: l.log,
	})
	must(l, err, "")
	return l
}

func (l *lab) close() {
	if l.host != nil {
		l.host.Close()
		l.host = nil
	}
}

func (l *lab) reopen() {
	l.Helper()
	l.close()
	l.open()
}

// manifest writes plugins.toml. Its times differ from the one before: a change
// within the file system's clock and of the same size would not show.
func (l *lab) manifest(text string) {
	l.Helper()
	must(l, os.WriteFile(l.dirs.Manifest(), []byte(text), 0o600), "")
}

// plugin is an executable of the lab and the directory by which it is talked
// with.
type plugin struct {
	lab  *lab
	path string
	dir  string
}

// plugin makes fn-plugin-NAME beside fn: a fake component with these files in
// its directory, each "name" or "name=text".
func (l *lab) plugin(name string, files ...string) *plugin {
	l.Helper()
	return l.pluginAt(filepath.Join(l.bin, "fn-plugin-"+name), files...)
}

func (l *lab) pluginAt(path string, files ...string) *plugin {
	l.Helper()
	p := &plugin{lab: l, path: path, dir: filepath.Join(l.dir, "talk-"+filepath.Base(path))}
	must(l, os.MkdirAll(p.dir, 0o700), "")
	for _, f := range files {
		file, text, _ := strings.Cut(f, "=")
		p.tell(file, text)
	}
	p.write("")
	return p
}

// write makes the executable anew, with more shell code before its start.
func (p *plugin) write(before string) {
	p.lab.Helper()
	self, err := os.Executable()
	must(p.lab, err, "")
	p.lab.script(p.path, fmt.Sprintf("%s\nGORACE=atexit_sleep_ms=0 %s='%s' exec '%s'\n", before, pluginDir, p.dir, self))
}

// script makes an executable of shell code. It replaces the file: one that runs
// could not be written.
func (l *lab) script(path, text string) {
	l.Helper()
	// No other test may fork while the file is open for writing: its child would
	// make it "busy".
	syscall.ForkLock.RLock()
	err := os.WriteFile(path+".new", []byte("#!/bin/sh\n"+text), 0o755)
	syscall.ForkLock.RUnlock()
	must(l, errors.Join(err, os.Rename(path+".new", path)), "")
}

func (p *plugin) tell(file, text string) {
	p.lab.Helper()
	must(p.lab, os.WriteFile(filepath.Join(p.dir, file), []byte(text), 0o600), "")
}

func (p *plugin) untell(file string) {
	p.lab.Helper()
	must(p.lab, os.Remove(filepath.Join(p.dir, file)), "")
}

// calls are what the plugin was asked for so far, without process ids.
func (p *plugin) calls() []string {
	p.lab.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "calls"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(p.lab, err, "")
	var calls []string
	for line := range strings.Lines(string(text)) {
		_, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		calls = append(calls, call)
	}
	return calls
}

// count is how many calls begin with a word.
func (p *plugin) count(word string) int {
	n := 0
	for _, call := range p.calls() {
		if call == word || strings.HasPrefix(call, word+" ") {
			n++
		}
	}
	return n
}

func (l *lab) caller(env ...string) api.Caller {
	return api.Caller{Env: append(slices.Clone(l.env), env...), Dir: l.dir}
}

// function creates an exec function.
func (l *lab) function(name string) {
	l.Helper()
	l.functionWith(name, "")
}

func (l *lab) functionWith(name, toml string) {
	l.Helper()
	_, err := l.host.CreateFunction(context.Background(), l.caller(), api.FunctionSpec{Name: name, Path: l.code(name, toml)}, discard{})
	must(l, err, "")
}

// code is a directory with an executable; toml may be empty.
func (l *lab) code(name, toml string) string {
	l.Helper()
	code := filepath.Join(l.dir, "code-"+name)
	must(l, os.MkdirAll(code, 0o700), "")
	must(l, os.WriteFile(filepath.Join(code, "run"), []byte("#!/bin/sh\ncat\n"), 0o700), "")
	if toml != "" {
		must(l, os.WriteFile(filepath.Join(code, "fn.toml"), []byte(toml), 0o600), "")
	}
	return code
}

// update makes another version of a function.
func (l *lab) update(name string) {
	l.Helper()
	_, err := l.host.UpdateFunction(context.Background(), l.caller(), api.FunctionSpec{Name: name, Env: map[string]string{"N": fmt.Sprint(time.Now().UnixNano())}}, discard{})
	must(l, err, "")
}

// ran is one call with all that it produced.
type ran struct {
	api.RunEnd
	output
}

type output struct {
	mu            sync.Mutex
	result, print string
	notes         []string
	steps         []api.Progress
}

func (o *output) Note(text string) { o.mu.Lock(); defer o.mu.Unlock(); o.notes = append(o.notes, text) }
func (o *output) Progress(p api.Progress) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.steps = append(o.steps, p)
}
func (o *output) Log(_ bool, p []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.print += string(p)
	return nil
}
func (o *output) Result(p []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.result += string(p)
	return nil
}

// run calls a function on a component, or where it goes without one.
func (l *lab) run(name, on string, env ...string) *ran {
	return l.runWith(context.Background(), api.RunRequest{Name: name, On: on}, "the event", env...)
}

func (l *lab) runWith(ctx context.Context, req api.RunRequest, event string, env ...string) *ran {
	r := &ran{}
	r.RunEnd = l.host.Run(ctx, l.caller(env...), req, strings.NewReader(event), &r.output)
	return r
}

// ok fails the test unless the call ended well, on that component.
func (l *lab) ok(r *ran, component string) {
	l.Helper()
	if r.Error != nil {
		l.Fatalf("%s: %s\n  %s", r.Error.Kind, r.Error, r.Error.Hint)
	}
	if r.Component != component {
		l.Fatalf("it ran on %s, not on %s", r.Component, component)
	}
}

// failed fails the test unless the call ended in that kind of error, which says
// the words.
func (l *lab) failed(r *ran, kind fault.Kind, words ...string) {
	l.Helper()
	if r.Error == nil {
		l.Fatalf("no error but %q on %s, want %s", r.result, r.Component, kind)
	}
	must(l, r.Error, kind, words...)
	if r.Outcome != string(kind) {
		l.Errorf("outcome %s with %s", r.Outcome, kind)
	}
}

// components is the answer of fn components, by name.
func (l *lab) components(env ...string) map[string]api.Component {
	l.Helper()
	list, err := l.host.ListComponents(context.Background(), l.caller(env...), api.None{}, discard{})
	must(l, err, "")
	return byName(list)
}

// check is fn components check.
func (l *lab) check(names ...string) map[string]api.Component {
	l.Helper()
	list, err := l.host.CheckComponents(context.Background(), l.caller(), api.CheckRequest{Names: names}, discard{})
	must(l, err, "")
	return byName(list)
}

func byName(list api.ComponentList) map[string]api.Component {
	states := map[string]api.Component{}
	for _, c := range list.Components {
		states[c.Name] = c
	}
	return states
}

// must fails the test unless err has the kind and, with its hint, says the
// words; kind "" means no error.
func must(t testing.TB, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Fatalf("unexpected: %v\n  %s", err, fault.From(err).Hint)
		}
		return
	}
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v (%s), want kind %s", err, fault.KindOf(err), kind)
	}
	text := err.Error() + "\n" + fault.From(err).Hint
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("error lacks %q:\n%s", w, text)
		}
	}
}

// eventually waits for something that another process or goroutine does.
func (l *lab) eventually(what string, is func() bool) {
	l.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			l.Fatalf("it never came: %s", what)
		}
	}
}

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
