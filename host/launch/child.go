package launch

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

// How long what a process printed last may take to arrive after its end, and
// how long a process with which the handshake failed may take to end by itself.
const (
	drainTime = 500 * time.Millisecond
	endTime   = 500 * time.Millisecond
)

// child is the process as go-plugin knows it. It owns the pipes and reaps the
// process itself: go-plugin would wait for the ends of the pipes first, which
// anything that the plugin started may hold open.
type child struct {
	cmd    *exec.Cmd
	stdin  *os.File // our end; never written
	stdout *watched
	stderr *os.File
	log    *transcript

	ended chan struct{} // reaped, its group killed, its last lines read

	mu      sync.Mutex
	pid     int  // 0 until it runs
	alive   bool // its process group may be signalled
	aborted bool // it must not run any more
}

var _ runner.Runner = (*child)(nil)

// newChild prepares cmd, whose Path and Env are set.
func newChild(cmd *exec.Cmd, log *transcript) *child {
	cmd.Dir = string(os.PathSeparator)
	ownGroup(cmd)
	return &child{cmd: cmd, log: log, stdout: newWatched(), ended: make(chan struct{})}
}

func (c *child) Start(context.Context) (err error) {
	var theirs [3]*os.File
	defer func() { closeAll(theirs[:]) }()
	if theirs[0], c.stdin, err = os.Pipe(); err != nil {
		return err
	}
	if c.stdout.File, theirs[1], err = os.Pipe(); err != nil {
		closeAll([]*os.File{c.stdin})
		return err
	}
	if c.stderr, theirs[2], err = os.Pipe(); err != nil {
		closeAll([]*os.File{c.stdin, c.stdout.File})
		return err
	}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = theirs[0], theirs[1], theirs[2]

	if err := c.exec(); err != nil {
		closeAll([]*os.File{c.stdin, c.stdout.File, c.stderr})
		return err
	}
	go c.reap()
	return nil
}

func (c *child) exec() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.aborted {
		return context.Canceled
	}
	keepDescriptors()
	if err := c.cmd.Start(); err != nil {
		return err
	}
	c.pid, c.alive = c.cmd.Process.Pid, true
	return nil
}

// reap waits for the process, ends what is left of its group, and collects what
// it printed last.
func (c *child) reap() {
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		lines := &splitter{to: c.log}
		_, _ = io.Copy(lines, c.stderr)
		lines.Close()
	}()

	_ = c.cmd.Wait()
	c.mu.Lock()
	c.alive = false
	killGroup(c.cmd.Process)
	c.mu.Unlock()

	// What left the group may hold the pipes open for ever.
	late, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	for _, end := range []<-chan struct{}{printed, c.stdout.ended} {
		select {
		case <-end:
		case <-late.Done():
		}
	}
	closeAll([]*os.File{c.stderr, c.stdout.File, c.stdin})
	<-printed
	close(c.ended)
}

// signal hands the process to send, unless it has ended.
func (c *child) signal(send func(*os.Process)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alive {
		send(c.cmd.Process)
	}
}

// abort kills the process and its group at once, or keeps it from starting.
func (c *child) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.aborted = true
	if c.alive {
		killGroup(c.cmd.Process)
	}
}

// wait returns when the process has ended, or never ran.
func (c *child) wait() {
	if c.ID() != "" {
		<-c.ended
	}
}

func (c *child) Wait(context.Context) error {
	c.wait()
	return nil
}

// finish kills the process and its group, after a moment to end by itself: how
// it ends then is the diagnosis.
func (c *child) finish() {
	select {
	case <-c.ended:
	case <-time.After(endTime):
		c.abort()
	}
}

// ownEnd tells whether the process ended without being killed by abort.
func (c *child) ownEnd() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.aborted
}

// Kill is called by go-plugin when the handshake failed, and by clean when the
// process has ended.
func (c *child) Kill(context.Context) error {
	if c.ID() != "" {
		c.finish()
	}
	return nil
}

func (c *child) ID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pid == 0 {
		return ""
	}
	return strconv.Itoa(c.pid)
}

func (c *child) Name() string                    { return c.cmd.Path }
func (c *child) Stdout() io.ReadCloser           { return c.stdout }
func (c *child) Stderr() io.ReadCloser           { return io.NopCloser(strings.NewReader("")) } // read by reap
func (c *child) Diagnose(context.Context) string { return "" }                                  // see explain.go

// PluginToHost refuses a plugin that others could talk to.
func (c *child) PluginToHost(network, addr string) (string, string, error) {
	if want := channel(); network != want {
		return "", "", fmt.Errorf("it listens on %s where %s is private", network, want)
	}
	return network, addr, nil
}

func (c *child) HostToPlugin(network, addr string) (string, string, error) {
	return network, addr, nil
}

// channel is the network that a plugin must listen on.
func channel() string {
	if runtime.GOOS == "windows" {
		return "tcp"
	}
	return "unix"
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}
