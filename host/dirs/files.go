package dirs

import (
	"path/filepath"
	"slices"
)

// Manifest is plugins.toml. FN_MANIFEST and --manifest are the caller's affair.
func (d Dirs) Manifest() string { return filepath.Join(d.Config, "plugins.toml") }

// Lock is plugins.lock, beside the manifest.
func (d Dirs) Lock() string { return filepath.Join(d.Config, "plugins.lock") }

// ConfigFile is config.toml.
func (d Dirs) ConfigFile() string { return filepath.Join(d.Config, "config.toml") }

// Database is the function database.
func (d Dirs) Database() string { return filepath.Join(d.Data, "fn.db") }

// Bundles holds packed code by its digest.
func (d Dirs) Bundles() string { return filepath.Join(d.Data, "bundles") }

// HostLog is the log of the host.
func (d Dirs) HostLog() string { return filepath.Join(d.Logs, "host.log") }

// Components is the cached state of all components.
func (d Dirs) Components() string { return filepath.Join(d.Cache, "components.json") }

// Socket is where the host listens.
func (d Dirs) Socket() string { return filepath.Join(d.Runtime, "host.sock") }

// LockFile is held by the host that owns these directories.
func (d Dirs) LockFile() string { return filepath.Join(d.Runtime, "host.lock") }

// ComponentState is the directory that all processes of a component share.
func (d Dirs) ComponentState(component string) string {
	return filepath.Join(d.State, "components", component)
}

// Scratch holds a directory for each plugin process, for files that end with
// it. It lies on disk, not in Runtime: that is often small and mounted noexec,
// and code is unpacked here. Sockets belong into Runtime, for this is too long.
func (d Dirs) Scratch() string { return filepath.Join(d.State, "scratch") }

// Private are all directories of these that hold nothing a function may see.
func (d Dirs) Private() []string {
	all := []string{d.Config, d.Data, d.State, d.Cache, d.Logs, d.Runtime}
	slices.Sort(all)
	return slices.Compact(all)
}
