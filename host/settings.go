package host

import (
	"context"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/settings"
)

// configured are the settings as config.toml has them now; what it says takes
// effect with the next command.
func (h *Host) configured() (settings.Settings, error) {
	h.settingsMu.Lock()
	defer h.settingsMu.Unlock()
	return refresh(&h.settings, h.opts.Dirs.ConfigFile(), settings.Load)
}

// checkSettings tells what is wrong with config.toml: no command goes on as if
// the file said nothing.
func (h *Host) checkSettings() error {
	_, err := h.configured()
	return err
}

// ShowSettings tells the settings in force.
func (h *Host) ShowSettings(context.Context, api.Caller, api.None, api.Reporter) (api.Settings, error) {
	s, err := h.configured()
	return api.Settings{Default: s.Default, IdleExitMS: s.Host.IdleExit.Milliseconds(), KeepVersions: s.Functions.KeepVersions}, err
}
