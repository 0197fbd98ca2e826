package sdk_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

func TestExited(t *testing.T) {
	cmd := exec.Command(os.Args[0], "no such command")
	cmd.Env = append(os.Environ(), pluginEnv...)
	err := sdk.Exited(cmd.Run())
	if e := fault.From(err); e.Kind != sdk.FunctionFailed || e.Function == nil || e.Function.ExitStatus != 2 {
		t.Errorf("exit status 2 became %#v", e)
	}
	if sdk.Exited(nil) != nil || !errors.Is(sdk.Exited(io.EOF), io.EOF) {
		t.Error("another error is changed")
	}
}

func TestEnviron(t *testing.T) {
	inv := sdk.Invocation{
		Function: sdk.Function{Env: map[string]string{"B": "2", "A": "1"}},
		Secrets:  map[string]string{"B": "secret", "C": ""},
	}
	if diff := cmp.Diff([]string{"A=1", "B=secret", "C="}, inv.Environ()); diff != "" {
		t.Error(diff)
	}
	if got := (sdk.Invocation{}).Environ(); len(got) != 0 {
		t.Errorf("of nothing it makes %q", got)
	}
}
