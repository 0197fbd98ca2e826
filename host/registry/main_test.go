package registry

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// The test binary is also the other process of tests that need several.
func TestMain(m *testing.M) {
	switch os.Getenv("FN_TEST_ROLE") {
	case "hammer":
		exit(hammer(os.Getenv("FN_TEST_PATH"), os.Getenv("FN_TEST_NAME")))
	case "write until killed":
		exit(writeForever(os.Getenv("FN_TEST_PATH")))
	case "fill":
		exit(fill(os.Getenv("FN_TEST_PATH")))
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func role(t *testing.T, role, path, name string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "FN_TEST_ROLE="+role, "FN_TEST_PATH="+path, "FN_TEST_NAME="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// rounds is how much each process of TestManyProcesses does.
const rounds = 40

// hammer does everything at once that a host does.
func hammer(path, name string) error {
	ctx := context.Background()
	r, err := Open(path, Options{Wait: time.Minute})
	if err != nil {
		return err
	}
	for i := range rounds {
		own := name + "-" + strconv.Itoa(i)
		if _, err := r.CreateFunction(ctx, version(own, "a")); err != nil {
			return err
		}
		if _, _, err := r.Apply(ctx, version("same", "a"), 0); err != nil {
			return err
		}
		if err := update(ctx, r, "counted", own); err != nil {
			return err
		}
		if err := r.InsertCall(ctx, Call{ID: own, Function: own}); err != nil {
			return err
		}
		if _, err := r.Callable(ctx, own); err != nil {
			return err
		}
	}
	return r.Close()
}

// writeForever says a line for each call that was recorded.
func writeForever(path string) error {
	r, err := Open(path, Options{})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for i := 0; ; i++ {
		if err := r.InsertCall(context.Background(), Call{ID: fmt.Sprintf("%d-%08d", os.Getpid(), i), Function: "f"}); err != nil {
			return err
		}
		fmt.Fprintln(out, i)
		if err := out.Flush(); err != nil {
			return err
		}
	}
}
