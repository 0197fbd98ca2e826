package host

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/host/manifest"
	"github.com/fnhost/fn/sdk/fault"
)

// AddPlugin adds a component to the manifest and its executable to the lock,
// once the plugin has started and described itself. One that ships with this
// host is not locked: it changes with it.
func (h *Host) AddPlugin(ctx context.Context, from api.Caller, req api.PluginSpec, report api.Reporter) (api.PluginList, error) {
	if !manifest.ValidName(req.Name) {
		return api.PluginList{}, manifest.BadName(req.Name)
	}
	entry := manifest.Component{Name: req.Name, Plugin: req.Plugin, Dir: from.Dir}
	path, err := manifest.Resolve(entry, h.opts.Beside, lookup(from.Env, "PATH"))
	if err != nil {
		return api.PluginList{}, notAdded(req.Name, err)
	}
	sum, err := h.plugins.sums.Of(path)
	if err != nil {
		return api.PluginList{}, fault.New(fault.Broken, "%w", err).In(req.Name, "add")
	}
	added := &component{name: req.Name, path: path, sum: sum, target: catalog.Target{SHA256: sum}}
	if err := h.plugins.describe(ctx, added); err != nil {
		return api.PluginList{}, notAdded(req.Name, err)
	}
	if strings.ContainsRune(req.Plugin, filepath.Separator) {
		req.Plugin = path // the manifest lies elsewhere
	}
	if err := manifest.Add(h.opts.Manifest, req.Name, req.Plugin); err != nil {
		return api.PluginList{}, err
	}
	if !h.plugins.bundled(path) {
		if err := h.accept(map[string]string{req.Name: sum}); err != nil {
			return api.PluginList{}, err
		}
	}
	all, err := h.plugins.all(from)
	if err != nil {
		return api.PluginList{}, err
	}
	if c := find(all, req.Name); c != nil {
		h.check(ctx, from, []*component{c}, report)
	}
	return h.listPlugins(from, req.Name)
}

// notAdded is an error about the executable of a component that is not in the
// manifest: there it cannot be removed from, but another can be named.
func notAdded(name string, err error) error {
	e := fault.From(err)
	if strings.Contains(e.Hint, "fn plugins remove "+name) {
		return e.WithHint("fn plugins add %s --plugin PATH    with that of its executable", name)
	}
	return e
}

// RemovePlugin takes a component out of manifest, lock and cached state.
func (h *Host) RemovePlugin(ctx context.Context, from api.Caller, req api.NameRef, _ api.Reporter) (api.None, error) {
	if err := manifest.Remove(h.opts.Manifest, req.Name); err != nil {
		return api.None{}, err
	}
	err := manifest.UpdateLock(lockPath(h.opts.Manifest), func(l *manifest.Lock) error {
		l.Delete(req.Name)
		return nil
	})
	if err != nil {
		return api.None{}, err
	}
	_, err = h.plugins.all(from) // reads the manifest again, and forgets what is not in it
	return api.None{}, err
}

// ListPlugins tells every entry of the manifest and whether its executable is
// the one in the lock.
func (h *Host) ListPlugins(_ context.Context, from api.Caller, _ api.None, _ api.Reporter) (api.PluginList, error) {
	return h.listPlugins(from, "")
}

func (h *Host) listPlugins(from api.Caller, only string) (api.PluginList, error) {
	list := api.PluginList{Plugins: []api.Plugin{}}
	m, err := manifest.Load(h.opts.Manifest)
	if err != nil {
		return list, err
	}
	lock, err := manifest.LoadLock(lockPath(h.opts.Manifest))
	if err != nil {
		return list, err
	}
	for _, entry := range m.Components {
		if only == "" || entry.Name == only {
			list.Plugins = append(list.Plugins, h.inspect(lock, entry, from))
		}
	}
	return list, nil
}

// inspect compares one executable with the lock.
func (h *Host) inspect(lock *manifest.Lock, entry manifest.Component, from api.Caller) api.Plugin {
	p := api.Plugin{Name: entry.Name, Plugin: entry.Plugin, Env: entry.Env, Config: entry.Config}
	path, err := manifest.Resolve(entry, h.opts.Beside, lookup(from.Env, "PATH"))
	if err == nil {
		p.Path = path
		p.Got, err = h.plugins.sums.Of(path)
	}
	if err != nil {
		f := fault.From(err)
		p.State, p.Message, p.Hint = api.PluginMissing, f.Message, f.Hint
		return p
	}
	p.Wanted = strings.TrimPrefix(lock.Get(entry.Name, manifest.Platform()), "sha256:")
	switch {
	case p.Wanted == p.Got:
		p.State = api.PluginOK
	case p.Wanted != "":
		p.State = api.PluginChanged
		p.Message, p.Hint = "the executable is not the one that was locked", "fn plugins lock"
	case h.plugins.bundled(path):
		p.State = api.PluginBundled
	default:
		p.State = api.PluginUnlocked
		p.Message, p.Hint = "the executable is not in plugins.lock", "fn plugins lock"
	}
	return p
}

// LockPlugins accepts the executables as they are now. Those that ship with
// this host get no entry where they have none: they change with it.
func (h *Host) LockPlugins(_ context.Context, from api.Caller, _ api.None, _ api.Reporter) (api.PluginList, error) {
	list, err := h.listPlugins(from, "")
	if err != nil {
		return list, err
	}
	sums := map[string]string{}
	for _, p := range list.Plugins {
		if p.State == api.PluginChanged || p.State == api.PluginUnlocked {
			sums[p.Name] = p.Got
		}
	}
	if err := h.accept(sums); err != nil {
		return list, err
	}
	return h.listPlugins(from, "")
}

// accept writes checksums of this platform into the lock.
func (h *Host) accept(sums map[string]string) error {
	return manifest.UpdateLock(lockPath(h.opts.Manifest), func(l *manifest.Lock) error {
		for component, sum := range sums {
			l.Set(component, manifest.Platform(), "sha256:"+sum)
		}
		return nil
	})
}
