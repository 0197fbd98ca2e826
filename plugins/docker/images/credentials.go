package images

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/docker/api/types/registry"
	"github.com/fnhost/fn/sdk"
)

const (
	hub = "docker.io"
	// hubServer is what docker's files and helpers call the hub.
	hubServer = "https://index.docker.io/v1/"
)

// config is what of docker's config.json is about registries and the way there.
type config struct {
	Auths       map[string]auth   `json:"auths"`
	CredsStore  string            `json:"credsStore"`
	CredHelpers map[string]string `json:"credHelpers"`
	Proxies     map[string]proxy  `json:"proxies"` // by the address of an engine, or "default"
}

// readConfig reads docker's config.json; it may be missing.
func (s *Store) readConfig() (c config, err error) {
	file := filepath.Join(s.ConfigDir, "config.json")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return c, sdk.Errorf(sdk.Invalid, "docker's configuration %s: %w", file, err).WithHint("mend or remove the file %s", file)
	}
	return c, nil
}

type auth struct {
	Auth          string `json:"auth"` // base64 of USER:PASSWORD
	Username      string `json:"username"`
	Password      string `json:"password"`
	IdentityToken string `json:"identitytoken"`
	RegistryToken string `json:"registrytoken"`
}

// credentials are those that docker would use for a registry; none where it has
// none. An error tells why there are none though there should be.
func (s *Store) credentials(ctx context.Context, host string) (registry.AuthConfig, error) {
	server := host
	if host == hub {
		server = hubServer
	}
	c, err := s.readConfig()
	if err != nil {
		return registry.AuthConfig{}, err
	}
	helper := c.CredHelpers[server]
	if helper == "" {
		helper = c.CredsStore
	}
	var helperErr error
	if helper != "" {
		answer, found, err := s.askHelper(ctx, helper, server)
		if found {
			return answer, nil
		}
		helperErr = err
	}
	for written, a := range c.Auths {
		if a != (auth{}) && hostOf(written) == hostOf(server) { // with a helper docker leaves an empty one
			return a.decoded(server)
		}
	}
	return registry.AuthConfig{}, helperErr
}

// hostOf is the host of a key of auths, which may be an address.
func hostOf(written string) string {
	_, rest, found := strings.Cut(written, "://")
	if !found {
		rest = written
	}
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func (a auth) decoded(server string) (registry.AuthConfig, error) {
	full := registry.AuthConfig{
		ServerAddress: server, Username: a.Username, Password: a.Password,
		IdentityToken: a.IdentityToken, RegistryToken: a.RegistryToken,
	}
	if a.Auth == "" {
		return full, nil
	}
	pair, err := base64.StdEncoding.DecodeString(a.Auth)
	user, password, ok := strings.Cut(string(pair), ":")
	if err != nil || !ok {
		return registry.AuthConfig{}, sdk.Errorf(sdk.Invalid, "docker's config.json has a damaged entry for %s", server)
	}
	full.Username, full.Password = user, strings.Trim(password, "\x00")
	return full, nil
}
