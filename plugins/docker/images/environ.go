package images

import (
	"slices"
	"strings"

	"github.com/fnhost/fn/oneshot/requirements"
)

// InstallerEnv names what of the caller's environment decides where pip and npm
// look for packages. What names files of the caller's machine is not among it:
// a container does not have them.
func InstallerEnv() []string {
	return []string{
		"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_TRUSTED_HOST", "PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT",
		"PIP_RETRIES", "PIP_ONLY_BINARY", "PIP_NO_BINARY", "PIP_PREFER_BINARY", "PIP_PRE",
		"NPM_CONFIG_REGISTRY", "NPM_CONFIG_OFFLINE", "NPM_CONFIG_STRICT_SSL", "NPM_CONFIG_FETCH_RETRIES", "NPM_CONFIG_FETCH_TIMEOUT",
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
	}
}

// installerEnv is what an installer is given beyond the environment of its image.
func (s *Store) installerEnv(language string) map[string]string {
	own := slices.DeleteFunc(slices.Clone(s.Environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains(InstallerEnv(), name)
	})
	if language == requirements.Python {
		own = append(requirements.PipEnv(own), "PYTHONDONTWRITEBYTECODE=1")
	}
	env := s.proxies()
	env["HOME"], env["TMPDIR"] = homeDir, tmpDir
	for _, v := range own {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	return env
}

// proxy is what docker gives containers to reach the network by.
type proxy struct {
	HTTPProxy  string `json:"httpProxy"`
	HTTPSProxy string `json:"httpsProxy"`
	AllProxy   string `json:"allProxy"`
	NoProxy    string `json:"noProxy"`
}

// proxies are those that docker would give a container of this engine. Without a
// readable configuration there are none: docker itself tells what is wrong.
func (s *Store) proxies() map[string]string {
	env := map[string]string{}
	c, err := s.readConfig()
	if err != nil {
		return env
	}
	p, ok := c.Proxies[s.Engine.DaemonHost()]
	if !ok {
		p = c.Proxies["default"]
	}
	for name, value := range map[string]string{
		"HTTP_PROXY": p.HTTPProxy, "HTTPS_PROXY": p.HTTPSProxy, "ALL_PROXY": p.AllProxy, "NO_PROXY": p.NoProxy,
	} {
		if value != "" {
			env[name], env[strings.ToLower(name)] = value, value
		}
	}
	return env
}
