package function

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/fnhost/fn/host/tomlfile"
	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/worker"
)

// FileName is the file beside the code that describes a function.
const FileName = "fn.toml"

// file is what fn.toml says; nil and empty where it does not.
type file struct {
	there                           bool // it was read
	name, runtime, handler, network string
	component, image                string
	memory                          int64
	timeout                         Duration
	cpus                            *float64
	warm                            *int
	env                             map[string]string
	secrets                         map[string]SecretRef
	on                              map[string]json.RawMessage
}

// readFile reads the fn.toml of a directory; nil when there is none.
func readFile(dir string) (*file, error) {
	t, err := tomlfile.Read(filepath.Join(dir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseFile(dir, t)
}

func parseFile(dir string, t *tomlfile.Table) (*file, error) {
	f := &file{
		there:     true,
		name:      t.String("name"),
		runtime:   t.String("runtime"),
		handler:   t.String("handler"),
		component: t.String("component"),
		network:   t.String("network"),
		image:     t.String("image"),
	}
	t.Only("name", "runtime", "handler", "image", "component", "memory", "cpus", "timeout", "network", "warm", "env", "secrets", "on")
	check(t, "name", CheckName)
	check(t, "handler", checkHandlerText)
	check(t, "image", CheckImage)
	check(t, "network", checkNetwork)
	check(t, "memory", func(text string) (err error) { f.memory, err = ParseMemory(text); return err })
	check(t, "timeout", func(text string) error {
		d, err := ParseTimeout(text)
		f.timeout = Duration(d)
		return err
	})
	if t.Has("cpus") {
		cpus := t.Float("cpus")
		f.cpus = &cpus
		failAt(t, "cpus", checkCPUs(cpus))
	}
	if t.Has("warm") {
		warm := t.Int("warm")
		f.warm = &warm
		failAt(t, "warm", checkWarm(warm))
	}
	if env := t.Table("env"); env != nil {
		f.env = map[string]string{}
		for _, name := range env.Keys() {
			f.env[name] = env.String(name)
			failAt(env, name, worker.CheckEnv(map[string]string{name: f.env[name]}))
		}
	}
	f.secrets = readSecrets(dir, t.Table("secrets"))
	if on := t.Table("on"); on != nil {
		f.on = map[string]json.RawMessage{}
		for _, component := range on.Keys() {
			f.on[component] = on.Object(component)
		}
	}
	if len(f.secrets) > 0 && f.warm != nil && *f.warm > 0 {
		failAt(t, "warm", warmWithSecrets())
	}
	return f, t.Err()
}

// readSecrets reads NAME = { file = "…" } and NAME = { env = "…" }.
func readSecrets(dir string, t *tomlfile.Table) map[string]SecretRef {
	if t == nil {
		return nil
	}
	secrets := map[string]SecretRef{}
	for _, name := range t.Keys() {
		failAt(t, name, worker.CheckEnvName(name))
		entry := t.Table(name)
		if entry == nil {
			continue // Table has noted that it is none
		}
		ref := SecretRef{File: entry.String("file"), Env: entry.String("env")}
		entry.Only("file", "env")
		if (ref.File == "") == (ref.Env == "") {
			t.Fail(name, "", `secret %s: either { file = "PATH" } or { env = "NAME" }`, name)
		}
		secrets[name] = ref.absolute(dir)
	}
	return secrets
}

// check applies a rule to a string that is there.
func check(t *tomlfile.Table, key string, rule func(string) error) {
	if t.Has(key) {
		failAt(t, key, rule(t.String(key)))
	}
}

// failAt notes err at a key, with file and line.
func failAt(t *tomlfile.Table, key string, err error) {
	if err != nil {
		e := fault.From(err)
		t.Fail(key, e.Hint, "%s", e.Message)
	}
}

func checkNetwork(network string) error {
	if network == "on" || network == "none" {
		return nil
	}
	return fault.New(fault.Invalid, `network %q: "on" or "none"`, network)
}

func checkWarm(warm int) error {
	if warm >= 0 && warm <= MostWarm {
		return nil
	}
	return fault.New(fault.Invalid, "warm %d: from 0 to %d", warm, MostWarm)
}

// warmWithSecrets is why a function cannot have both.
func warmWithSecrets() error {
	return fault.New(fault.Invalid, "warm workers are loaded before a call, and [secrets] come with the call: a function has one or the other").
		WithHint("warm = 0    in fn.toml, or --warm 0")
}

func checkCPUs(cpus float64) error {
	if cpus >= 0.05 && cpus <= 1024 {
		return nil
	}
	return fault.New(fault.Invalid, "cpus %v: from 0.05 to 1024", cpus)
}
