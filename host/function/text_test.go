package function

import (
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// What the command line gives is checked as fn.toml is.
func TestTextThatNoProcessCanBeGiven(t *testing.T) {
	dir := tree(t, map[string]string{"run*": ""})
	refused(t, api.FunctionSpec{Name: "f", Path: dir, Handler: ptr("run\x00")}, nil, fault.Invalid, "zero byte")
	refused(t, api.FunctionSpec{Name: "f", Path: dir, Env: map[string]string{"A": "\xff"}}, nil, fault.Invalid, "A is not UTF-8")
	refused(t, api.FunctionSpec{Name: "f", Path: dir, Env: map[string]string{"TMPDIR": "/"}}, nil, fault.Invalid, "TMPDIR is set by the worker")
}
