//go:build unix

package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// pluginDir names the directory by which a test talks with a plugin: the test
// binary, run again. It is given by the script that stands in for the plugin's
// executable, see lab.plugin.
const pluginDir = "FN_TEST_PLUGIN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(pluginDir); dir != "" {
		fake := &fake{dir: dir}
		fake.note("start")
		if fake.is("keeps") { // it cannot remove
			sdk.Main(struct {
				sdk.Component
				sdk.Configurer
			}{fake, fake})
		}
		sdk.Main(fake)
	}
	os.Exit(m.Run())
}

// fake is a component that notes every call in the file "calls" of its
// directory. Other files there tell it what to do; each is looked for when it
// matters, so that a test can change its mind while the plugin runs.
type fake struct {
	dir    string
	config sdk.Config
	mu     sync.Mutex
}

var (
	_ sdk.Component    = (*fake)(nil)
	_ sdk.Configurer   = (*fake)(nil)
	_ sdk.Remover      = (*fake)(nil)
	_ sdk.LogReader    = (*fake)(nil)
	_ sdk.PoolReporter = (*fake)(nil)
	_ sdk.Preparer     = (*fake)(nil)
	_ sdk.Collector    = (*fake)(nil)
	_ sdk.Watcher      = (*fake)(nil)
)

func (f *fake) note(words ...any) {
	file, err := os.OpenFile(filepath.Join(f.dir, "calls"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fprintf(file, "%d %s", os.Getpid(), fmt.Sprintln(words...))
}

// told is what a file of the directory says, and whether it is there.
func (f *fake) told(name string) (string, bool) {
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	return string(text), err == nil
}

func (f *fake) is(name string) bool {
	_, ok := f.told(name)
	return ok
}

func (f *fake) Describe() sdk.Description {
	d := sdk.Description{
		Name: "fake", Version: "1.2.3", Summary: "for tests",
		Limits: sdk.Limits{
			Languages:      []sdk.Language{{Name: "exec"}},
			OnThisMachine:  !f.is("cloud"),
			Logs:           sdk.LogsLive,
			CancelEndsCall: true,
			Images:         f.is("images"),
		},
	}
	if text, ok := f.told("languages"); ok {
		d.Limits.Languages = nil
		for _, name := range strings.Fields(text) {
			d.Limits.Languages = append(d.Limits.Languages, sdk.Language{Name: name, MaxEvent: 1 << 10})
		}
	}
	if text, ok := f.told("wants"); ok {
		d.Env = strings.Fields(text)
	}
	return d
}

func (f *fake) Configure(_ context.Context, c sdk.Config) error {
	f.config = c
	f.note("configure", string(c.Settings))
	var settings struct {
		Colour string `json:"colour"`
	}
	return c.Decode(&settings)
}

func (f *fake) Validate(ctx context.Context) (sdk.Validation, error) {
	f.note("validate")
	if f.is("panics") {
		panic("no luck today")
	}
	if f.is("slow") {
		select {
		case <-time.After(time.Minute):
		case <-ctx.Done():
			return sdk.Validation{}, ctx.Err()
		}
	}
	checks := []sdk.Check{{Name: "paint", State: sdk.CheckOK}}
	if why, ok := f.told("down"); ok {
		checks = append(checks, sdk.Check{Name: "engine", State: sdk.CheckFailed, Message: why, Hint: "systemctl start engine"})
	}
	if f.isLost() {
		checks = append(checks, sdk.Check{Name: "engine", State: sdk.CheckFailed, Message: "not with this environment"})
	}
	return sdk.Validation{Checks: checks}, nil
}

// isLost tells whether the environment has the entry that the file "lost" names.
func (f *fake) isLost() bool {
	entry, ok := f.told("lost")
	return ok && slices.Contains(os.Environ(), entry)
}

// known are the functions that are deployed here, kept with the component.
type known map[string]*struct {
	Version int
	Stopped bool
}

func (f *fake) file() string { return filepath.Join(f.config.StateDir, "functions.json") }

// change reads the functions, and writes them when do succeeds.
func (f *fake) change(do func(known) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	all, err := f.known()
	if err != nil {
		return err
	}
	if err := do(all); err != nil {
		return err
	}
	text, err := json.Marshal(all)
	aside := f.file() + ".new" // it may be killed meanwhile
	return errors.Join(err, os.WriteFile(aside, text, 0o600), os.Rename(aside, f.file()))
}

func (f *fake) known() (known, error) {
	all := known{}
	text, err := os.ReadFile(f.file())
	if err != nil {
		return all, nil
	}
	return all, json.Unmarshal(text, &all)
}

func (f *fake) Deploy(_ context.Context, fn sdk.Function, progress sdk.Progress) (string, error) {
	f.note("deploy", fn.Name, fn.Version)
	if fn.Image != "" {
		f.note("image", fn.Image, fmt.Sprintf("code %q", fn.Code.Path))
	}
	progress("upload", 1, 2, "files")
	if why, ok := f.told("undeployable"); ok {
		return "", sdk.Errorf(sdk.ResourceExhausted, "%s", why).WithHint("buy more")
	}
	return "here:" + fn.Name, f.change(func(all known) error {
		all[fn.Name] = &struct {
			Version int
			Stopped bool
		}{Version: fn.Version}
		return nil
	})
}

// Run answers with what the name of the function asks for, else the event.
func (f *fake) Run(ctx context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
	name := inv.Function.Name
	f.note("run", name, inv.Function.Version)
	report := sdk.Report{Start: sdk.StartWarm, Phases: sdk.Phases{Call: 5 * time.Millisecond}}
	err := f.change(func(all known) error {
		switch {
		case all[name] == nil:
			return sdk.Errorf(sdk.NotFound, "there is no %s here", name)
		case all[name].Stopped:
			return sdk.Errorf(sdk.Conflict, "%s is stopped", name)
		}
		return nil
	})
	if err != nil {
		return report, err
	}
	if f.is("dies") {
		fmt.Fprintln(os.Stderr, "about to die")
		os.Exit(3)
	}
	if why, ok := f.told("down"); ok {
		return report, sdk.Errorf(sdk.Unavailable, "%s", why).WithHint("systemctl start engine")
	}
	if kind, ok := f.told("fails"); ok {
		return report, sdk.Errorf(sdk.Kind(kind), "no luck")
	}
	switch name {
	case "environment":
		_, err = io.WriteString(out, strings.Join(os.Environ(), "\n"))
	case "secrets":
		err = json.NewEncoder(out).Encode(inv.Secrets)
	case "stdin":
		_, err = io.WriteString(out, stdinIs())
	case "waits":
		f.note("waiting")
		<-ctx.Done()
		f.note("canceled")
		err = ctx.Err()
	case "lingers": // until it is let go
		f.note("waiting")
		for !f.is("go") {
			select {
			case <-ctx.Done():
				return report, ctx.Err()
			case <-time.After(5 * time.Millisecond):
			}
		}
		_, err = io.WriteString(out, "done")
	case "raises":
		e := sdk.Errorf(sdk.FunctionFailed, "boom")
		e.Function = &sdk.FunctionError{Message: "boom", Type: "Error"}
		err = e
	default:
		if err = out.Log(sdk.Stderr, []byte("a log line\n")); err == nil {
			_, err = io.Copy(out, inv.Event)
		}
	}
	return report, err
}

// stdinIs names what standard input is: it must not be the host's.
func stdinIs() string {
	info, err := os.Stdin.Stat()
	if err != nil {
		return err.Error()
	}
	return info.Mode().Type().String()
}

func (f *fake) Stop(_ context.Context, name string) error {
	f.note("stop", name)
	return f.change(func(all known) error {
		if all[name] == nil {
			return sdk.Errorf(sdk.NotFound, "there is no %s here", name)
		}
		all[name].Stopped = true
		return nil
	})
}

func (f *fake) Status(_ context.Context, names ...string) ([]sdk.FunctionStatus, error) {
	f.note("status", strings.Join(names, ","))
	if why, ok := f.told("mute"); ok {
		return nil, sdk.Errorf(sdk.Unavailable, "%s", why)
	}
	return f.states(names...)
}

func (f *fake) states(names ...string) (list []sdk.FunctionStatus, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all, err := f.known()
	for name, k := range all {
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		state := sdk.StateDeployed
		if k.Stopped {
			state = sdk.StateStopped
		}
		list = append(list, sdk.FunctionStatus{Name: name, State: state, Version: k.Version, Observed: time.Now()})
	}
	return list, err
}

// Watch tells, where there is a file "watched", its text as the reason of every
// state, with a call that runs unless it is empty. Where it is lost it knows none.
func (f *fake) Watch(ctx context.Context, each func(sdk.Observation) error) error {
	last := "\x00"
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
		reason, ok := f.told("watched")
		if !ok {
			continue
		}
		at := time.Now()
		states, err := f.states()
		if err != nil || last == fmt.Sprint(len(states), reason, f.isLost()) {
			continue
		}
		last = fmt.Sprint(len(states), reason, f.isLost())
		for i := range states {
			if states[i].Reason = reason; reason != "" {
				states[i].State, states[i].Running = sdk.StateRunning, 1
				states[i].Workers = []sdk.WorkerStatus{{ID: "w1", State: sdk.WorkerRunning}}
			}
		}
		if f.isLost() {
			for i := range states {
				states[i].State = sdk.StateUnknown
			}
		}
		if err := each(sdk.Observation{At: at, Functions: states}); err != nil {
			return err
		}
	}
}

func (f *fake) Remove(_ context.Context, name string) error {
	f.note("remove", name)
	return f.change(func(all known) error { delete(all, name); return nil })
}

func (f *fake) Logs(_ context.Context, name string, tail int, each func(sdk.LogRecord) error) error {
	f.note("logs", name, tail)
	return each(sdk.LogRecord{Time: time.Now(), Call: "1", Stream: sdk.Stdout, Text: "hello"})
}

func (f *fake) PrepareRuntime(_ context.Context, r sdk.Runtime, _ sdk.Progress) error {
	f.note("prepare", r.Name, r.Image)
	if why, ok := f.told("unpreparable"); ok {
		return sdk.Errorf(sdk.Invalid, "%s", why)
	}
	return nil
}

// Collect removes the files of the directory that "litter" begins, and fails
// after them where there is a file "stuck".
func (f *fake) Collect(_ context.Context, runtimes []sdk.Runtime, _ sdk.Progress) (removed []string, err error) {
	for _, r := range runtimes {
		f.note("there is", r.Name, r.Language)
	}
	litter, err := filepath.Glob(filepath.Join(f.dir, "litter*"))
	for _, path := range litter {
		err = errors.Join(err, os.Remove(path))
		removed = append(removed, filepath.Base(path))
	}
	if why, ok := f.told("stuck"); ok {
		return removed, sdk.Errorf(sdk.PermissionDenied, "%s", why)
	}
	return removed, err
}

func (f *fake) Pool(context.Context) ([]sdk.PoolEntry, error) {
	return []sdk.PoolEntry{{Runtime: "exec", Warm: 2, Want: 2, HitRate: -1, Why: "fixed"}}, nil
}
