package deps

import (
	"context"
	"errors"
	"os/exec"
	"time"

	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/sdk"
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
	ctx, cancel := context.WithTimeoutCause(ctx, requirements.InstallLimit,
		sdk.Errorf(sdk.Timeout, "%s took longer than %v", t.name, requirements.InstallLimit))
	defer cancel()
	cmd := exec.CommandContext(ctx, t.path, t.args...)
	cmd.Dir, cmd.Env = t.dir, t.env
	said := requirements.NewLog(progress, t.step)
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

// explain makes an error of how a tool ended.
func (t tool) explain(ctx context.Context, n requirements.Needs, log string, err error) error {
	var exit *exec.ExitError
	if err == nil || ctx.Err() != nil || !errors.As(err, &exit) {
		return err
	}
	return n.Failure(t.name, log, err.Error(), "df -h "+t.dir)
}
