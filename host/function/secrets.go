package function

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fnhost/fn/host/regular"
	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/worker"
)

// SecretRef says where a secret's value is found at the time of a call: in a
// file, whose final line end does not count, or in the caller's environment.
type SecretRef struct {
	File string `json:"file,omitempty"` // absolute
	Env  string `json:"env,omitempty"`
}

// ResolveSecrets finds the values for one call. They are in no error.
func ResolveSecrets(refs map[string]SecretRef, env []string) (map[string]string, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	values := make(map[string]string, len(refs))
	for _, name := range slices.Sorted(maps.Keys(refs)) { // of several mistakes always the same is told
		value, err := refs[name].resolve(env)
		if err != nil {
			return nil, fault.From(err).In("", "secret "+name)
		}
		values[name] = value
	}
	return values, nil
}

func (r SecretRef) resolve(env []string) (string, error) {
	if r.Env != "" {
		for _, entry := range env {
			if value, ok := strings.CutPrefix(entry, r.Env+"="); ok {
				return value, nil
			}
		}
		return "", fault.New(fault.Invalid, "%s is not set in your environment", r.Env).WithHint("export %s=…", r.Env)
	}
	content, err := regular.Read(r.File, worker.MaxEnvBytes)
	switch {
	case errors.Is(err, regular.ErrLarge):
		return "", fault.New(fault.ResourceExhausted, "%s has more than %d bytes", r.File, worker.MaxEnvBytes)
	case err != nil:
		return "", fault.New(fault.Invalid, "%w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r"), nil
}

// secretFiles are the files that hold secrets.
func (s Settings) secretFiles() (files []string) {
	for _, ref := range s.Secrets {
		if ref.File != "" {
			files = append(files, ref.File)
		}
	}
	return files
}

// absolute makes a file relative to the function's directory absolute.
func (r SecretRef) absolute(dir string) SecretRef {
	if r.File != "" && !filepath.IsAbs(r.File) {
		r.File = filepath.Join(dir, r.File)
	}
	return r
}
