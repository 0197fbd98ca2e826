package function

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/worker"
)

// Definer makes complete versions.
type Definer struct {
	// Pack stores the code at path, without the excluded files, and tells its
	// digest and files.
	Pack func(path string, exclude ...string) (bundle.Summary, error)
	// Stored is the path of the bundle of that digest.
	Stored func(digest string) string
	// Runtime finds a runtime by name.
	Runtime func(ctx context.Context, name string) (registry.Runtime, error)
	// Build makes of packed Go source at path, of the function called name, a
	// directory to pack, which remove removes.
	Build func(ctx context.Context, name, path, digest string) (dir string, remove func(), err error)
	// Note hears what was decided for the user.
	Note func(text string)
}

// Define makes the version that spec describes. With previous, what neither
// spec nor fn.toml says is taken from there. Without a name in spec, fn.toml
// must be there; where that gives none, it is the directory's. Number and times
// are the registry's.
func (d Definer) Define(ctx context.Context, spec api.FunctionSpec, previous *registry.Version) (registry.Version, error) {
	v := registry.Version{Function: spec.Name}
	if spec.Path == "" && spec.Image == nil && previous == nil {
		return v, fault.New(fault.Invalid, "there is no code: name a file, a directory or --image")
	}
	if spec.Runtime != nil && *spec.Runtime == "" {
		return v, fault.New(fault.Invalid, "the name of the runtime is empty").WithHint("fn runtime list")
	}
	described, err := d.describe(spec)
	if err != nil {
		return v, err
	}
	if v.Function == "" {
		v.Function = described.name
	}
	if err := CheckName(v.Function); err != nil {
		return v, err
	}
	if previous != nil {
		v.Runtime, v.Handler, v.Digest, v.Size = previous.Runtime, previous.Handler, previous.Digest, previous.Size
	}
	v.Runtime = first(value(spec.Runtime), described.runtime, v.Runtime)
	settings, err := merge(spec, described, previous)
	if err != nil {
		return v, err
	}
	if v.Image, err = imageOf(spec, described, previous); err != nil {
		return v, err
	}
	if previous != nil && (previous.Image == "") != (v.Image == "") { // its runtime says nothing of what is of the other kind
		v.Runtime = first(value(spec.Runtime), described.runtime)
	}
	if v.Image != "" {
		return d.defineImage(ctx, v, first(value(spec.Handler), described.handler), settings)
	}
	var c *code
	if spec.Path != "" {
		if c, err = d.pack(spec.Path, settings, &v); err != nil {
			return v, err
		}
	}
	handler := first(value(spec.Handler), described.handler)
	runtime, err := d.runtime(ctx, c, handler, &v)
	if err != nil {
		return v, err
	}
	if c != nil && runtime.Language == languageGo {
		if c, err = d.build(ctx, spec.Path, &v); err != nil {
			return v, err
		}
	}
	if previous != nil && !d.outlives(ctx, previous, runtime) {
		v.Handler = ""
	}
	if c != nil {
		if err := c.checkDependencies(Spoken(runtime.Language)); err != nil {
			return v, err
		}
	}
	if err := d.handler(c, runtime.Language, handler, &v); err != nil {
		return v, err
	}
	if settings.Memory == 0 {
		settings.Memory = defaultMemory(runtime.Language)
	}
	v.Settings, err = json.Marshal(settings)
	return v, err
}

// describe reads fn.toml where the code is a directory.
func (d Definer) describe(spec api.FunctionSpec) (*file, error) {
	if spec.Path == "" {
		return &file{}, nil
	}
	info, err := os.Stat(spec.Path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the code: %w", err)
	}
	if !info.IsDir() && spec.Name == "" {
		return nil, fault.New(fault.Invalid, "%s is no directory; apply takes one with a fn.toml", spec.Path).
			WithHint("fn create NAME %s", spec.Path)
	}
	if !info.IsDir() {
		return &file{}, nil
	}
	described, err := readFile(spec.Path)
	switch {
	case err != nil:
		return nil, err
	case described == nil && spec.Name == "":
		return nil, fault.New(fault.Invalid, "there is no fn.toml in %s", spec.Path).
			WithHint("fn init DIR    writes one, or: fn create NAME %s", spec.Path)
	case described == nil:
		return &file{}, nil
	case described.name == "" && spec.Name == "":
		described.name = filepath.Base(spec.Path)
	}
	return described, nil
}

// pack stores the code. Files that the function gets as secrets are not part of
// it: their content would stay in every version.
func (d Definer) pack(path string, s Settings, v *registry.Version) (*code, error) {
	packed, err := d.Pack(path, s.secretFiles()...)
	if err != nil {
		return nil, err
	}
	if len(packed.Files) == 0 {
		return nil, fault.New(fault.Invalid, "there is no code in %s", path)
	}
	v.Digest, v.Size = packed.Digest, packed.Size
	return &code{root: path, files: packed.Files}, nil
}

// build replaces source that is packed by what was built of it.
func (d Definer) build(ctx context.Context, path string, v *registry.Version) (*code, error) {
	dir, remove, err := d.Build(ctx, v.Function, path, v.Digest)
	if err != nil {
		return nil, err
	}
	defer remove()
	return d.pack(dir, Settings{}, v)
}

func (d Definer) runtime(ctx context.Context, c *code, handler string, v *registry.Version) (registry.Runtime, error) {
	if v.Runtime == "" {
		inferred, err := c.inferRuntime(handler)
		if err != nil {
			return registry.Runtime{}, err
		}
		v.Runtime = inferred
		d.Note("runtime: " + inferred)
	}
	return d.Runtime(ctx, v.Runtime)
}

// handler decides v.Handler: the one that is given, else that of the previous
// version while it fits, else what the code suggests.
func (d Definer) handler(c *code, language, given string, v *registry.Version) error {
	inherited := v.Handler
	switch {
	case given != "":
		v.Handler = given
		if err := checkHandlerText(given); err != nil {
			return err
		}
		if c == nil { // the code stays
			var err error
			if c, err = readStored(d.Stored(v.Digest)); err != nil {
				return err
			}
		}
		return c.checkHandler(language, given)
	case c == nil && inherited == "":
		return fault.New(fault.Invalid, "no handler: the code stays, and the one it had is not of %s", language).
			WithHint("--handler NAME")
	case c == nil:
		return nil // what stays was checked when it came
	case c.holds(language, inherited):
		return c.checkHandler(language, inherited)
	}
	handler, note, err := c.inferHandler(language)
	if err != nil && inherited != "" && c.checkHandler(language, inherited) == nil {
		return nil // a program on PATH
	}
	if err != nil {
		return err
	}
	if note != "" {
		d.Note(note)
	}
	v.Handler = handler
	return c.checkHandler(language, handler)
}

// outlives tells whether a handler still means something: those of another
// language do not.
func (d Definer) outlives(ctx context.Context, previous *registry.Version, now registry.Runtime) bool {
	if previous.Runtime == now.Name {
		return true
	}
	before, err := d.Runtime(ctx, previous.Runtime)
	return err == nil && before.Language == now.Language
}

// merge settles everything else: flags, then fn.toml, then the previous
// version, then the defaults; but for that of the memory, which is the
// language's.
func merge(spec api.FunctionSpec, f *file, previous *registry.Version) (Settings, error) {
	s := Settings{Timeout: Duration(DefaultTimeout), Network: "on"}
	if previous != nil {
		var err error
		if s, err = SettingsOf(*previous); err != nil {
			return s, err
		}
	}
	f.overlay(&s)
	if err := overlay(spec, &s); err != nil {
		return s, err
	}
	if err := worker.CheckEnv(s.Env); err != nil {
		return s, fault.New(fault.Invalid, "%s", err)
	}
	if s.Warm > 0 && len(s.Secrets) > 0 {
		return s, warmWithSecrets()
	}
	return s, nil
}

// overlay puts what fn.toml says over s. Its tables replace those of a
// previous version as a whole: what was taken out of the file is gone.
func (f *file) overlay(s *Settings) {
	set(&s.Component, f.component)
	set(&s.Memory, f.memory)
	set(&s.Timeout, f.timeout)
	set(&s.Network, f.network)
	if f.cpus != nil {
		s.CPUs = *f.cpus
	}
	if f.warm != nil {
		s.Warm = *f.warm
	}
	if f.env != nil {
		s.Env = f.env
	}
	if f.secrets != nil {
		s.Secrets = f.secrets
	}
	if f.on != nil {
		s.On = f.on
	}
}

// overlay puts what the command line says over s.
func overlay(spec api.FunctionSpec, s *Settings) (err error) {
	if spec.Memory != nil {
		if s.Memory, err = ParseMemory(*spec.Memory); err != nil {
			return err
		}
	}
	if spec.Timeout != nil {
		var d time.Duration
		if d, err = ParseTimeout(*spec.Timeout); err != nil {
			return err
		}
		s.Timeout = Duration(d)
	}
	if spec.CPUs != nil {
		if err := checkCPUs(*spec.CPUs); err != nil {
			return err
		}
		s.CPUs = *spec.CPUs
	}
	if spec.Network != nil {
		if err := checkNetwork(*spec.Network); err != nil {
			return err
		}
		s.Network = *spec.Network
	}
	if spec.Warm != nil {
		if err := checkWarm(*spec.Warm); err != nil {
			return err
		}
		s.Warm = *spec.Warm
	}
	if spec.Component != nil {
		s.Component = *spec.Component
	}
	if len(spec.Env) > 0 {
		merged := map[string]string{}
		maps.Copy(merged, s.Env)
		maps.Copy(merged, spec.Env)
		s.Env = merged
	}
	return nil
}

func set[T comparable](to *T, from T) {
	var zero T
	if from != zero {
		*to = from
	}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// first is the first of them that is not empty.
func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
