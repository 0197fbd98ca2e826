//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/fnhost/fn/sdk/fault"
)

// Nobody writes to the pipe: opening it takes until the caller gives up.
func TestEventThatNeverOpens(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCommandLine(system{env: []string{"FN_HOME=" + dir}, dir: dir, executable: os.Executable})
	ctx, cancel := context.WithCancelCause(t.Context())
	c.interrupt = cancel
	defer c.close()
	cancel(fault.New(fault.Canceled, "interrupted"))
	if _, err := c.event(ctx, []string{"@pipe"}); fault.KindOf(err) != fault.Canceled {
		t.Errorf("got %v", err)
	}
	writer, err := os.OpenFile(pipe, os.O_RDWR, 0) // frees the one that opens
	if err != nil {
		t.Fatal(err)
	}
	writer.Close()
}
