package confine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"github.com/fnhost/fn/worker/sandbox"
)

// try starts a worker that enters the sandbox and ends.
func try(ctx context.Context, cfg Config, spec sandbox.Spec) error {
	dir, err := os.MkdirTemp(cfg.Dir, "try-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	spec = spec.In(dir)
	text, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, cfg.Program, "-try", "-sandbox", string(text))
	cmd.Dir, cmd.Env, cmd.Stderr = dir, []string{}, &said
	runtime.LockOSThread() // the kernel takes the end of the thread that forked for the parent's
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	spec.Apply(cmd.SysProcAttr)
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && said.Len() > 0 {
		return errors.New(strings.TrimPrefix(strings.TrimSpace(said.String()), "fn-worker: "))
	}
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EUSERS) {
		return fmt.Errorf("the kernel gives this user no namespaces: %w", errors.Unwrap(err))
	}
	return err
}
