package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/dirs"
)

// home is an FN_HOME of our own and the fn that works in it.
type home struct {
	dir string
	fn  string
	env []string
}

// newHome makes an empty one in dir, whose name is short: sockets live in it.
func newHome(dir, fn string) (*home, error) {
	path, err := os.MkdirTemp(dir, "h")
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "FN_") })
	return &home{dir: path, fn: fn, env: append(env, "FN_HOME="+path)}, err
}

// run is the command `fn run NAME`.
func (h *home) run(name, want string) *command {
	return &command{name: name, function: name, argv: []string{h.fn, "run", name}, env: h.env, want: want}
}

// socket is where fn looks for the host of this home.
func (h *home) socket() (string, error) {
	found, err := dirs.Find(func(name string) string {
		for _, entry := range slices.Backward(h.env) {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	})
	return found.Socket(), err
}

// do runs a command that is not measured.
func (h *home) do(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, h.fn, args...)
	cmd.Env = h.env
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("fn %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	return out, err
}

func (h *home) ask(ctx context.Context, into any, args ...string) error {
	out, err := h.do(ctx, append(args, "--json")...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("fn %s --json: %w", strings.Join(args, " "), err)
	}
	return nil
}

// host is what the running host says of itself.
func (h *home) host(ctx context.Context) (state api.HostState, err error) {
	err = h.ask(ctx, &state, "host", "status")
	if err == nil && !state.Running {
		err = errors.New("no host is running")
	}
	return state, err
}

// stop ends the host, if there is one.
func (h *home) stop(ctx context.Context) error {
	_, err := h.do(ctx, "host", "stop")
	return err
}

// lastCalls are the records of the last n calls of a function, oldest first.
func (h *home) lastCalls(ctx context.Context, name string, n int) ([]api.CallRecord, error) {
	var list api.CallList
	if err := h.ask(ctx, &list, "calls", name, "--last", strconv.Itoa(n)); err != nil {
		return nil, err
	}
	if len(list.Calls) != n {
		return nil, fmt.Errorf("%d calls of %s were made, %d are recorded", n, name, len(list.Calls))
	}
	slices.Reverse(list.Calls)
	return list.Calls, nil
}

// refilled waits until every pool has as many workers as it wants.
func (h *home) refilled(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 20*time.Second, errors.New("the pool was not full again within 20 s"))
	defer cancel()
	for {
		var list api.PoolList
		if err := h.ask(ctx, &list, "pool"); err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		full := !slices.ContainsFunc(list.Pools, func(p api.PoolEntry) bool {
			return p.Warm < p.Want || p.Starting > 0 || p.Running > 0
		})
		if full {
			return nil
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			return context.Cause(ctx)
		}
	}
}
