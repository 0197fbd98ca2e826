package deps

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/sdk"
)

const (
	// toolLimit bounds one run of an installer. Large packages are downloaded
	// and sometimes compiled.
	toolLimit = 30 * time.Minute
	// logBytes is what is kept of an installer's output, the end of it.
	logBytes = 8 << 10
	// logLines is what of that an error shows.
	logLines = 20
)

// tool is one run of an installer.
type tool struct {
	name string   // "pip", for people
	path string   // of its executable
	args []string // without its own name
	dir  string
	env  []string
	step string // what progress calls it
}

// run returns what the tool printed, or the end of that, and how it ended.
func (t tool) run(ctx context.Context, progress sdk.Progress) (log string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, toolLimit,
		sdk.Errorf(sdk.Timeout, "%s took longer than %v", t.name, toolLimit))
	defer cancel()
	cmd := exec.CommandContext(ctx, t.path, t.args...)
	cmd.Dir, cmd.Env = t.dir, t.env
	said := &lines{progress: func(n int64) { progress(t.step, n, 0, "lines") }}
	said.progress(0)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = 2 * time.Second
	err = runGroup(cmd)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		err = sdk.Errorf(sdk.Unavailable, "%s does not start: %w", t.name, err)
	}
	return said.String(), err
}

// lines keeps the end of what is written to it and counts its lines.
type lines struct {
	progress func(n int64)

	mu   sync.Mutex
	n    int64
	kept []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, p...)
	if extra := len(l.kept) - logBytes; extra > 0 {
		l.kept = append(l.kept[:0], l.kept[extra:]...)
	}
	if n := bytes.Count(p, []byte("\n")); n > 0 {
		l.n += int64(n)
		l.progress(l.n)
	}
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.ToValidUTF8(string(l.kept), "\uFFFD")
}

// ending is the last lines of a log.
func ending(log string) string {
	all := strings.Split(strings.TrimSpace(log), "\n")
	all = all[max(0, len(all)-logLines):]
	for i, line := range all {
		all[i] = "  " + strings.TrimRight(line, "\r ")
	}
	return strings.Join(all, "\n")
}
