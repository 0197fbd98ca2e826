package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// endLimit is how long a private host may take to end its plugins.
const endLimit = 10 * time.Second

// privateHost is a host for this client alone. It lives as long as its standard
// input is open, so it cannot outlive us however we end.
type privateHost struct {
	mu     sync.Mutex
	cmd    *exec.Cmd
	stdin  io.Closer
	socket string
}

// admittedByPrivate sends req to the private host, starting it first.
func (c *Client) admittedByPrivate(ctx context.Context, req request) (*response, error) {
	if err := c.startPrivate(ctx); err != nil {
		return nil, err
	}
	r, err := c.exchange(ctx, c.private.socket, req)
	switch {
	case ctx.Err() != nil:
		return nil, fault.From(context.Cause(ctx))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, unanswered(c.private.cmd.Process.Pid)
	case err != nil:
		return nil, hostEnded("request")
	case r.status == statusBuild:
		r.close()
		return nil, foreignBuild(c.o.HostBinary)
	case r.status != statusOK && r.status != statusSwitching:
		r.close()
		return nil, fault.New(fault.Internal, "refused with status %d", r.status).In("host", "request")
	}
	return r, nil
}

func (c *Client) startPrivate(ctx context.Context) error {
	p := &c.private
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return nil
	}
	c.o.Waits()
	if err := c.o.Dirs.Prepare(); err != nil {
		return fault.From(err)
	}
	// In the private directory of the shared socket, which is short enough.
	socket := filepath.Join(filepath.Dir(c.o.Dirs.Socket()), fmt.Sprintf("p-%08x.sock", rand.Uint32()))
	cmd, err := c.hostCommand("serve", "--private", "--socket", socket)
	if err != nil {
		return err
	}
	detach(cmd) // a Ctrl-C is ours to handle
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return fault.New(fault.Internal, "%w", err).In("host", "start")
	}
	err = c.launch(ctx, cmd)
	if cmd.Process == nil {
		return err
	}
	p.cmd, p.stdin, p.socket = cmd, stdin, socket
	if err != nil {
		p.end() //nolint:errcheck // the first error is the one to tell
	}
	return err
}

func (p *privateHost) stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	return p.end()
}

// end closes the host's input, which ends it, and kills it if that takes long.
func (p *privateHost) end() error {
	p.stdin.Close()
	kill := time.AfterFunc(endLimit, func() { p.cmd.Process.Kill() }) //nolint:errcheck // it has ended then
	defer kill.Stop()
	if p.cmd.ProcessState == nil {
		p.cmd.Wait() //nolint:errcheck // its status interests nobody
	}
	p.cmd = nil
	if err := os.Remove(p.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
