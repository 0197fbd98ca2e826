package main

import (
	"os/exec"
	"testing"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/sdktest"
)

// The machine that is reached here is this one.
func TestConformance(t *testing.T) {
	if err := exec.Command("timeout", "1", "true").Run(); err != nil {
		t.Skip("this machine has no timeout command:", err)
	}
	t.Setenv("HOME", t.TempDir())
	sdktest.Run(t, sdktest.Subject{
		New:      func(testing.TB) sdk.Component { return &shell{} },
		Settings: map[string]any{"reach": []string{"sh", "-c"}},
	})
}
