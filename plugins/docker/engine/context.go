package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/sdk"
)

// currentContext is the one that a config.json names; "" without one.
func currentContext(file string) (string, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	var config struct{ CurrentContext string }
	if err == nil {
		err = json.Unmarshal(text, &config)
	}
	if err != nil {
		return "", sdk.Errorf(sdk.Unavailable, "docker's configuration %s: %w", file, err).WithHint("mend or remove the file %s", file)
	}
	return config.CurrentContext, nil
}

// fromContext is the engine of a context in the store below config. from is what
// named the context.
func fromContext(config, name, from string) (Place, error) {
	p := Place{From: "context " + quote(name)}
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	file := filepath.Join(config, "contexts", "meta", id, "meta.json")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, sdk.Errorf(sdk.Unavailable, "%s names the context %q, which does not exist", from, name).
			WithHint("docker context ls, then docker context use NAME")
	}
	var meta struct {
		Endpoints map[string]struct {
			Host          string
			SkipTLSVerify bool
		}
	}
	if err == nil {
		err = json.Unmarshal(text, &meta)
	}
	if err != nil {
		return p, sdk.Errorf(sdk.Unavailable, "context %q: %s: %w", name, file, err).WithHint("docker context rm -f %s, then make it again", name)
	}
	endpoint, ok := meta.Endpoints["docker"]
	if !ok {
		return p, sdk.Errorf(sdk.Unavailable, "context %q has no docker endpoint", name).WithHint("docker context ls, then docker context use NAME")
	}
	dir := filepath.Join(config, "contexts", "tls", id, "docker")
	if _, err := os.Stat(dir); err == nil || endpoint.SkipTLSVerify {
		p.tls = &certificates{dir: dir, insecure: endpoint.SkipTLSVerify, optional: true}
	}
	if endpoint.Host == "" {
		endpoint.Host = defaultHost
	}
	p.Host, err = address(endpoint.Host, p.From, p.tls != nil)
	return p, err
}
