package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// startLimit bounds a host's start: longer means that it hangs.
const startLimit = 30 * time.Second

// lingerLimit is how long a host may take to end after it gave up its start.
const lingerLimit = 2 * time.Second

// start runs the host, detached, and returns when it is ready. That another
// host was faster is no error, but then started is false.
func (c *Client) start(ctx context.Context) (started bool, err error) {
	cmd, err := c.hostCommand("serve")
	if err != nil {
		return false, err
	}
	detach(cmd)
	err = c.launch(ctx, cmd)
	if cmd.Process == nil {
		return false, err
	}
	cmd.Process.Release() //nolint:errcheck // it is nobody's child from now on
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return false, nil
	}
	return err == nil, err
}

// hostCommand prepares fn-host with an environment of its own and nothing
// inherited: its plugins get the caller's environment by request.
func (c *Client) hostCommand(args ...string) (*exec.Cmd, error) {
	if _, err := os.Stat(c.o.HostBinary); err != nil {
		return nil, missing(c.o.HostBinary, err)
	}
	if c.o.Manifest != "" {
		args = append(args, "--manifest", c.o.Manifest)
	}
	cmd := exec.Command(c.o.HostBinary, args...)
	cmd.Dir = rootDir
	cmd.Env = hostEnv(c.o.Env, c.o.Dirs.Home)
	return cmd, nil
}

func foreignBuild(path string) error {
	return fault.New(fault.Broken, "%s is of another build than this fn", path).In("host", "start").
		WithHint("fn and fn-host belong together: make install, or install the release again")
}

func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("no such file")
	}
	return fault.New(fault.Broken, "%s: %w", path, err).In("host", "start").
		WithHint("fn and fn-host belong side by side: make install, or install the release again")
}

// launch starts cmd, with its errors in the host's log, and waits until it is
// ready. Whether it was started at all is told by cmd.Process.
func (c *Client) launch(ctx context.Context, cmd *exec.Cmd) error {
	log, err := os.OpenFile(c.o.Dirs.HostLog(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Internal, "open the host's log: %w", err).In("host", "start")
	}
	defer log.Close()
	cmd.Stderr = log
	logged := logSize(log.Name())
	ready, done, err := readiness(cmd)
	if err != nil {
		return fault.New(fault.Internal, "%w", err).In("host", "start")
	}
	defer ready.Close()
	keepDescriptors()
	err = cmd.Start()
	done()
	if err != nil {
		return fault.New(fault.Broken, "%s: %w", cmd.Path, err).In("host", "start").
			WithHint("install fn again, or see whether this file may be executed here")
	}
	return c.awaitReady(ctx, cmd, ready, logged)
}

// awaitReady reads the host's one line: "ready", or the error as JSON. An end
// without a line means that it died.
func (c *Client) awaitReady(ctx context.Context, cmd *exec.Cmd, ready io.ReadCloser, logged int64) error {
	limit, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	stop := context.AfterFunc(limit, func() { ready.Close() })
	line, err := bufio.NewReader(ready).ReadString('\n')
	stop()
	switch line = strings.TrimSpace(line); {
	case line == "ready":
		return nil
	case line != "":
		return startError(line)
	case ctx.Err() != nil:
		return fault.From(context.Cause(ctx)) // the host goes on, for the next command
	case limit.Err() != nil:
		cmd.Process.Kill() //nolint:errcheck
		return fault.New(fault.Broken, "it was not ready within %v", startLimit).In("host", "start").
			WithHint("fn host logs")
	default:
		kill := time.AfterFunc(lingerLimit, func() { cmd.Process.Kill() }) //nolint:errcheck
		defer kill.Stop()
		cmd.Wait() //nolint:errcheck // what it says is in the log
		return diedAtStart(cmd, err, logSince(c.o.Dirs.HostLog(), logged))
	}
}

func startError(line string) error {
	var e fault.Error
	if json.Unmarshal([]byte(line), &e) != nil || e.Message == "" {
		return fault.New(fault.Broken, "%s", line).In("host", "start")
	}
	return e.In("host", "start")
}

func diedAtStart(cmd *exec.Cmd, err error, log string) error {
	how := err.Error()
	if cmd.ProcessState != nil {
		how = cmd.ProcessState.String()
	}
	if log != "" {
		how += ": " + log
	}
	return fault.New(fault.Broken, "it ended before it was ready: %s", how).In("host", "start").WithHint("fn host logs")
}

func logSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// logSince returns the end of what was written to the log from an offset on.
func logSince(path string, from int64) string {
	const most = 2 << 10
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	from = max(from, logSize(path)-most)
	text, _ := io.ReadAll(io.NewSectionReader(file, from, most))
	return string(bytes.TrimSpace(text))
}
