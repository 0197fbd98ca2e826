package local

import (
	"slices"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/sdk"
)

// settings is the manifest's [local.config].
type settings struct {
	oneshot.Settings

	// Sandbox is "auto": the strongest that works; "required": nothing runs where
	// any part of it does not work; or "off".
	Sandbox string `json:"sandbox"`
}

func defaultSettings() settings {
	return settings{Settings: oneshot.DefaultSettings(machineMemory()), Sandbox: sandboxAuto}
}

// Check refuses values that mean nothing.
func (s settings) Check() error {
	if !slices.Contains([]string{sandboxAuto, sandboxRequired, sandboxOff}, s.Sandbox) {
		return sdk.Errorf(sdk.Invalid, "setting \"sandbox\" is %q, it must be %q, %q or %q",
			s.Sandbox, sandboxAuto, sandboxRequired, sandboxOff)
	}
	return s.Settings.Check()
}
