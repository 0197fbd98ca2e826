//go:build unix

package sdktest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/bundle"
)

// reference is a small component that keeps the contract, in one language. It
// breaks the one sentence that fault names.
type reference struct {
	deploying sync.Mutex
	fault     string

	config    sdk.Config
	mu        sync.Mutex
	running   map[string]int
	stops     map[string]bool // with a fault, instead of on disk
	shared    bytes.Buffer    // with a fault
	groups    []int           // with a fault: of the processes it started
	described int
	prepared  int
}

type settings struct {
	Name string `json:"name"`
}

// deployed is what is kept of a function.
type deployed struct {
	Function sdk.Function
	Stopped  bool
}

func (c *reference) Describe() sdk.Description {
	d := sdk.Description{
		Name: "reference", Version: "1", Summary: "runs processes", Env: []string{"PATH"},
		Limits: sdk.Limits{
			Languages:      []sdk.Language{{Name: "exec"}},
			OnThisMachine:  true,
			Logs:           sdk.LogsLive,
			CancelEndsCall: true,
			MaxBundle:      1 << 20,
			Images:         c.fault == "any image",
		},
	}
	if c.fault == "limited" || c.fault == "event over the limit" || c.fault == "result over the limit" {
		d.Limits.Languages[0] = sdk.Language{Name: "exec", MaxEvent: 100_000, MaxResult: 200_000}
	}
	if c.fault == "describe" {
		c.described++
		d.Summary = strings.Repeat("x", c.described)
	}
	return d
}

func (c *reference) Configure(_ context.Context, config sdk.Config) error {
	c.config, c.running, c.stops = config, map[string]int{}, map[string]bool{}
	if c.fault == "settings" {
		return nil
	}
	return config.Decode(&settings{})
}

func (c *reference) Validate(context.Context) (sdk.Validation, error) {
	check := sdk.Check{Name: "sh", State: sdk.CheckOK}
	switch c.fault {
	case "validate":
		_ = os.WriteFile(filepath.Join(c.config.StateDir, time.Now().Format("150405.000000000")), nil, 0o600)
	case "not ready":
		check = sdk.Check{Name: "sh", State: sdk.CheckFailed, Message: "there is none", Hint: "apt install sh"}
	}
	return sdk.Validation{Checks: []sdk.Check{check}}, nil
}

func (c *reference) path(function string, parts ...string) string {
	return filepath.Join(append([]string{c.config.StateDir, function}, parts...)...)
}

func (c *reference) load(function string) (d deployed, err error) {
	text, err := os.ReadFile(c.path(function, "function.json"))
	if errors.Is(err, os.ErrNotExist) {
		return d, sdk.Errorf(sdk.NotFound, "%s is not deployed", function)
	}
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	return d, err
}

func (c *reference) save(d deployed) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return os.WriteFile(c.path(d.Function.Name, "function.json"), text, 0o600)
}

func (c *reference) Deploy(_ context.Context, f sdk.Function, progress sdk.Progress) (string, error) {
	progress("unpack", 0, 1, "steps")
	c.deploying.Lock() // one whose caller gave up may still be at it
	defer c.deploying.Unlock()
	if f.Image != "" || f.Runtime.Image != "" {
		return "image", c.save(deployed{Function: f})
	}
	if f.Code.Size > 1<<20 && c.fault != "largest-bundle" {
		return "", sdk.Errorf(sdk.ResourceExhausted, "too large")
	}
	code := c.path(f.Name, strings.TrimPrefix(f.Code.Digest, "sha256:"))
	if c.fault == "versions" {
		code = c.path(f.Name, "code")
		if _, err := os.Stat(code); err == nil {
			return code, c.save(deployed{Function: f})
		}
	}
	if c.fault != "deploy twice" {
		if err := os.RemoveAll(code); err != nil {
			return "", err
		}
	}
	if err := bundle.Unpack(f.Code.Path, code); err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(code, f.Handler)); err != nil && c.fault != "missing-handler" {
		return "", sdk.Errorf(sdk.Invalid, "no handler %s", f.Handler)
	}
	return code, c.save(deployed{Function: f})
}

func (c *reference) Run(ctx context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
	report := sdk.Report{Start: sdk.StartCold}
	d, err := c.load(inv.Function.Name)
	switch {
	case err != nil && c.fault == "unknown":
		return report, errors.New("no such file")
	case err != nil:
		return report, err
	case d.Stopped, c.stops[inv.Function.Name]:
		return report, sdk.Errorf(sdk.Conflict, "%s is stopped", inv.Function.Name)
	case d.Function.Version != inv.Function.Version && c.fault != "versions":
		return report, sdk.Errorf(sdk.NotFound, "version %d is not deployed", inv.Function.Version)
	}
	c.count(inv.Function.Name, 1)
	defer c.count(inv.Function.Name, -1)
	code := c.path(inv.Function.Name, strings.TrimPrefix(d.Function.Code.Digest, "sha256:"))
	if c.fault == "versions" {
		code = c.path(inv.Function.Name, "code")
	}
	if c.fault == "ignores cancel" {
		ctx = context.WithoutCancel(ctx)
	}
	return report, c.process(ctx, filepath.Join(code, inv.Function.Handler), inv, out)
}

func (c *reference) count(function string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running[function] += n
}

func (c *reference) Stop(_ context.Context, function string) error {
	d, err := c.load(function)
	if err != nil {
		return err
	}
	if d.Stopped && c.fault == "stop twice" {
		return sdk.Errorf(sdk.Conflict, "already stopped")
	}
	if c.fault == "forgets stop" {
		c.stops[function] = true
		return nil
	}
	d.Stopped = true
	return c.save(d)
}

func (c *reference) Status(_ context.Context, functions ...string) ([]sdk.FunctionStatus, error) {
	if len(functions) == 0 {
		entries, err := os.ReadDir(c.config.StateDir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			functions = append(functions, e.Name())
		}
	}
	var states []sdk.FunctionStatus
	for _, name := range functions {
		d, err := c.load(name)
		if err != nil {
			continue
		}
		s := sdk.FunctionStatus{Name: name, State: sdk.StateDeployed, Version: d.Function.Version, Observed: time.Now()}
		c.mu.Lock()
		if s.Running = c.running[name]; s.Running > 0 {
			s.State = sdk.StateRunning
		}
		c.mu.Unlock()
		if d.Stopped || c.stops[name] {
			s.State = sdk.StateStopped
		}
		states = append(states, s)
	}
	return states, nil
}

func (c *reference) Watch(ctx context.Context, each func(sdk.Observation) error) error {
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	if c.fault == "watches without pause" {
		pause.Reset(time.Millisecond)
	}
	for at := time.Now(); ; {
		states, err := c.Status(ctx)
		if err == nil {
			err = each(sdk.Observation{At: at, Functions: states})
		}
		if err != nil {
			return err
		}
		tick := pause.C
		if c.fault == "watches once" {
			tick = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case at = <-tick:
		}
	}
}

func (c *reference) Remove(_ context.Context, function string) error {
	if c.fault == "remove" {
		return nil
	}
	return os.RemoveAll(c.path(function))
}

func (c *reference) Logs(_ context.Context, function string, tail int, each func(sdk.LogRecord) error) error {
	if _, err := c.load(function); err != nil {
		return err
	}
	text, _ := os.ReadFile(c.path(function, "log"))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if tail > 0 && c.fault != "logs" {
		lines = lines[max(0, len(lines)-tail):]
	}
	for _, line := range lines {
		if err := each(sdk.LogRecord{Time: time.Now(), Stream: sdk.Stderr, Text: line}); err != nil {
			return err
		}
	}
	return nil
}

func (c *reference) Pool(context.Context) ([]sdk.PoolEntry, error) {
	e := sdk.PoolEntry{Runtime: "exec", HitRate: -1, Why: "nothing is kept warm"}
	if c.fault == "pool" {
		e.HitRate = 7
	}
	return []sdk.PoolEntry{e}, nil
}

func (c *reference) PrepareRuntime(_ context.Context, r sdk.Runtime, progress sdk.Progress) error {
	if r.Language != "exec" && c.fault != "prepare anything" {
		return sdk.Errorf(sdk.Unimplemented, "%s does not run here", r.Language)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.prepared++; c.prepared > 1 && c.fault == "prepare twice" {
		return sdk.Errorf(sdk.Conflict, "already prepared")
	}
	progress("preparing", 1, 1, "steps")
	return nil
}

func (c *reference) Collect(context.Context, []sdk.Runtime, sdk.Progress) ([]string, error) {
	if c.fault == "collects what is used" {
		entries, _ := os.ReadDir(c.config.StateDir)
		for _, e := range entries {
			_ = os.RemoveAll(c.path(e.Name()))
		}
	}
	if c.fault == "collects again" {
		return []string{"the same"}, nil
	}
	return nil, nil
}

// process runs one call.
func (c *reference) process(ctx context.Context, path string, inv sdk.Invocation, out sdk.Output) error {
	limits := c.Describe().Limits.Languages[0]
	timeout := inv.Timeout
	if c.fault == "timeout" {
		timeout = time.Hour
	}
	call, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(call, path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if c.fault == "leaves a process" {
			return cmd.Process.Kill()
		}
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	cmd.WaitDelay = time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	if c.fault != "environment" {
		cmd.Env = append(cmd.Env, inv.Environ()...)
	}
	event := &limited{r: inv.Event, left: limits.MaxEvent}
	if limits.MaxEvent == 0 || c.fault == "event over the limit" {
		event.left = 1 << 60
	}
	cmd.Stdin = event
	if c.fault == "stream" {
		all, _ := io.ReadAll(inv.Event)
		cmd.Stdin = bytes.NewReader(all)
	}
	result := &result{Output: out, left: limits.MaxResult}
	if limits.MaxResult == 0 || c.fault == "result over the limit" {
		result.left = 1 << 60
	}
	cmd.Stdout = result
	log, err := os.OpenFile(c.path(inv.Function.Name, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stderr = io.MultiWriter(log, sdk.LogWriter(out, sdk.Stderr))
	var late bytes.Buffer
	switch c.fault {
	case "log is result":
		cmd.Stderr = out
	case "late log":
		cmd.Stderr = &late
		defer func() { _ = out.Log(sdk.Stderr, late.Bytes()) }()
	case "result":
		defer func() { _, _ = io.WriteString(out, "\n") }()
	case "together":
		cmd.Stdout = &sharing{c}
		defer func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			_, _ = c.shared.WriteTo(out)
		}()
	}
	if err = cmd.Start(); err == nil {
		c.started(cmd.Process.Pid)
		err = cmd.Wait()
	}
	switch {
	case event.over:
		return sdk.Errorf(sdk.ResourceExhausted, "the event is too large")
	case result.over:
		return sdk.Errorf(sdk.ResourceExhausted, "the result is too large")
	case errors.Is(ctx.Err(), context.Canceled):
		return sdk.Errorf(sdk.Canceled, "canceled")
	case call.Err() != nil:
		return sdk.Errorf(sdk.Timeout, "it took longer than %v", inv.Timeout)
	case errors.Is(err, os.ErrNotExist) && c.fault != "missing-handler":
		return sdk.Errorf(sdk.Invalid, "no handler")
	case c.fault == "failed":
		return err
	default:
		return sdk.Exited(err)
	}
}

// started remembers a process whose group Close ends, whatever the fault.
func (c *reference) started(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.groups = append(c.groups, pid)
}

func (c *reference) Close() error {
	if c.fault == "" {
		return nil // nothing is left
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, group := range c.groups {
		_ = syscall.Kill(-group, syscall.SIGKILL)
	}
	return nil
}

type sharing struct{ c *reference }

func (s *sharing) Write(p []byte) (int, error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	return s.c.shared.Write(p)
}

var errTooLarge = errors.New("too large")

type limited struct {
	r    io.Reader
	left int64
	over bool
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		l.over = true
		return 0, errTooLarge
	}
	return n, err
}

type result struct {
	sdk.Output
	left int64
	over bool
}

func (r *result) Write(p []byte) (int, error) {
	if r.left -= int64(len(p)); r.left < 0 {
		r.over = true
		return 0, errTooLarge
	}
	return r.Output.Write(p)
}
