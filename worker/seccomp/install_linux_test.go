package seccomp

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// In this process, which the test starts, the filter is installed.
func TestMain(m *testing.M) {
	if os.Getenv("FN_TEST_FILTERED") == "" {
		os.Exit(m.Run())
	}
	if err := filtered(); err != nil {
		fmt.Println(err)
	}
}

func filtered() error {
	if err := Install(); err != nil {
		return err
	}
	results := make(chan error)
	go func() { // also threads that were there before have it
		runtime.LockOSThread()
		results <- syscall.Unshare(syscall.CLONE_NEWUSER)
	}()
	if err := <-results; !errors.Is(err, syscall.EPERM) {
		return fmt.Errorf("unshare: %v", err)
	}
	if _, err := syscall.Socket(familyAlg, syscall.SOCK_SEQPACKET, 0); !errors.Is(err, syscall.EPERM) {
		return fmt.Errorf("a socket of AF_ALG: %v", err)
	}
	if _, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0); err != nil {
		return fmt.Errorf("a socket of AF_INET: %v", err)
	}
	out, err := exec.Command("/bin/sh", "-c", "unshare -r true 2>/dev/null || mount -t tmpfs tmpfs /mnt 2>/dev/null || echo a child too").Output()
	if err != nil || strings.TrimSpace(string(out)) != "a child too" {
		return fmt.Errorf("a child: %q, %v", out, err)
	}
	return nil
}

func TestNothingBehindTheFilterGetsOut(t *testing.T) {
	self := exec.Command(os.Args[0])
	self.Env = append(os.Environ(), "FN_TEST_FILTERED=1")
	if out, err := self.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}

func TestEveryMachineHasAShortFilter(t *testing.T) {
	for arch := range machines {
		if n := len(Filter(arch)); n == 0 || n > 512 {
			t.Errorf("%s: %d instructions", arch, n)
		}
	}
	if Filter("vax") != nil {
		t.Error("a machine that is not known has a filter")
	}
}
