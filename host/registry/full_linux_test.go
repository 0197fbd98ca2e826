package registry

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

// TestFullDisk fills a small disk of its own, in a mount namespace: for root,
// and for every user where the system lets them have one.
func TestFullDisk(t *testing.T) {
	cmd := role(t, "fill", t.TempDir(), "")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
	}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if _, ran := err.(*exec.ExitError); err != nil && !ran || strings.Contains(out.String(), noMount) {
		t.Skipf("no disk of our own can be mounted here: %v %s", err, out.String())
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
}

const noMount = "cannot mount"

func fill(dir string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("%s: %w", noMount, err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		return fmt.Errorf("%s: %w", noMount, err)
	}
	ctx := context.Background()
	path := filepath.Join(dir, "fn.db")
	r, err := Open(path, Options{})
	if err != nil {
		return err
	}
	if _, err := r.CreateFunction(ctx, version("f", "a")); err != nil {
		return err
	}
	written := 0
	for err == nil {
		if err = r.InsertCall(ctx, Call{ID: fmt.Sprint(written), Message: strings.Repeat("x", 4000)}); err == nil {
			written++
		}
	}
	if fault.KindOf(err) != fault.ResourceExhausted || !strings.Contains(err.Error(), path) {
		return fmt.Errorf("full disk: got %s: %w", fault.KindOf(err), err)
	}
	if err := fillBundles(dir); err != nil {
		return err
	}
	// Nothing that was written is lost, now or after opening it again.
	if err := r.Close(); err != nil {
		return fmt.Errorf("close on a full disk: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, "rest")); err != nil {
		return err
	}
	if r, err = Open(path, Options{}); err != nil {
		return fmt.Errorf("open afterwards: %w", err)
	}
	defer r.Close()
	said, err := column(r.read, "PRAGMA integrity_check")
	if err != nil || said[0] != "ok" {
		return fmt.Errorf("integrity check: %v %w", said, err)
	}
	calls, err := r.Calls(ctx, Calls{Function: "", Last: written + 1})
	if err != nil || len(calls) != written {
		return fmt.Errorf("%d of %d calls are left: %w", len(calls), written, err)
	}
	_, err = r.Get(ctx, "f")
	return err
}

// fillBundles takes the last bytes and packs a bundle.
func fillBundles(dir string) error {
	rest, err := os.Create(filepath.Join(dir, "rest"))
	if err != nil {
		return err
	}
	defer rest.Close()
	for err == nil {
		_, err = rest.Write(make([]byte, 512))
	}
	source, err := os.Executable() // large enough for any disk of this size
	if err != nil {
		return err
	}
	b := Bundles{Dir: filepath.Join(dir, "bundles")}
	_, err = b.Put(source)
	if fault.KindOf(err) != fault.ResourceExhausted || !strings.Contains(err.Error(), dir) {
		return fmt.Errorf("bundle on a full disk: got %s: %w", fault.KindOf(err), err)
	}
	left, err := filepath.Glob(filepath.Join(b.Dir, "*"))
	if err != nil || len(left) > 0 {
		return fmt.Errorf("half a bundle is left: %v %w", left, err)
	}
	return nil
}
