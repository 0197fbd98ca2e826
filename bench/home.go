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

// localOnly is the manifest of a home without containers.
const localOnly = "[local]\n"

// newHome makes one in dir, whose name is short: sockets live in it. It is empty
// but for its manifest.
func newHome(dir, fn, manifest string) (*home, error) {
	path, err := os.MkdirTemp(dir, "h")
	if err != nil {
		return nil, err
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "FN_") })
	h := &home{dir: path, fn: fn, env: append(env, "FN_HOME="+path)}
	places, err := h.places()
	if err != nil {
		return nil, err
	}
	return h, write(places.Manifest(), manifest)
}

// run is the command `fn run NAME EVENT...`.
func (h *home) run(name, want string, event ...string) *command {
	argv := append([]string{h.fn, "run", name}, event...)
	return &command{name: name, home: h, function: name, argv: argv, env: h.env, want: want}
}

// socket is where fn looks for the host of this home.
func (h *home) socket() (string, error) {
	found, err := h.places()
	return found.Socket(), err
}

// places are where fn has the files of this home.
func (h *home) places() (dirs.Dirs, error) {
	return dirs.Find(func(name string) string {
		for _, entry := range slices.Backward(h.env) {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	})
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

// refillLimit is for dozens of containers on a machine that has other work.
const refillLimit = 2 * time.Minute

// refilled waits until every pool has as many workers as it wants.
func (h *home) refilled(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, refillLimit, fmt.Errorf("the pool was not full again within %v", refillLimit))
	defer cancel()
	for {
		pools, err := h.pools(ctx)
		if err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		if pools.full() {
			return nil
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			return context.Cause(ctx)
		}
	}
}

// pools are those of the running host.
type pools []api.PoolEntry

func (h *home) pools(ctx context.Context) (pools, error) {
	var list api.PoolList
	err := h.ask(ctx, &list, "pool")
	return list.Pools, err
}

// full tells whether every pool has as many workers as it wants, and no call runs.
func (p pools) full() bool {
	return !slices.ContainsFunc(p, func(one api.PoolEntry) bool {
		return one.Warm < one.Want || one.Starting > 0 || one.Running > 0
	})
}

// warm is how many workers wait.
func (p pools) warm() int {
	n := 0
	for _, one := range p {
		n += one.Warm
	}
	return n
}
