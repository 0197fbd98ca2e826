package engine

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/sdk"
)

// Place is where an engine is, and why there.
type Place struct {
	Host string // "unix:///var/run/docker.sock", "tcp://10.0.0.2:2376"
	From string // what named it: "DOCKER_HOST", `context "prod"`, "the default socket"

	tls *certificates // nil: none
}

// Find returns the place of the caller's engine. It reads files and connects to
// nothing. home is the caller's home directory.
func Find(env func(string) string, home string) (Place, error) {
	config := env("DOCKER_CONFIG")
	if config == "" {
		config = filepath.Join(home, ".docker")
	}
	if host := env("DOCKER_HOST"); host != "" {
		return fromEnvironment(env, config, host, "DOCKER_HOST")
	}
	name, from := env("DOCKER_CONTEXT"), "DOCKER_CONTEXT"
	if name == "" {
		var err error
		from = filepath.Join(config, "config.json")
		if name, err = currentContext(from); err != nil {
			return Place{}, err
		}
	}
	if name != "" && name != "default" {
		return fromContext(config, name, from)
	}
	host, from := firstSocket(env, defaultHost)
	return fromEnvironment(env, config, host, from)
}

// fromEnvironment is an engine outside the context store; its TLS files are
// those of the environment.
func fromEnvironment(env func(string) string, config, host, from string) (Place, error) {
	p := Place{From: from}
	verify := env("DOCKER_TLS_VERIFY") != ""
	if verify || env("DOCKER_TLS") != "" {
		p.tls = &certificates{dir: env("DOCKER_CERT_PATH"), insecure: !verify}
		if p.tls.dir == "" {
			p.tls.dir, p.tls.optional = config, true
		}
	}
	var err error
	p.Host, err = address(host, from, p.tls != nil)
	return p, err
}

// firstSocket returns the first socket that is there, or else the default one.
func firstSocket(env func(string) string, standard string) (host, from string) {
	sockets := append([]socket{{standard, byDefault}}, otherSockets(env)...)
	for _, s := range sockets {
		if there(s.host) {
			return s.host, s.from
		}
	}
	return standard, byDefault
}

type socket struct{ host, from string }

// there says whether a unix socket exists. One that may not be looked at does
// not, for this user.
func there(host string) bool {
	path, ok := strings.CutPrefix(host, "unix://")
	if !ok {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode()&os.ModeSocket != 0
}

// address is a host as the client takes it: with a scheme and, for TCP, a port.
func address(host, from string, tls bool) (string, error) {
	if !strings.Contains(host, "://") {
		host = "tcp://" + host
	}
	u, err := url.Parse(host)
	if err != nil {
		return "", sdk.Errorf(sdk.Invalid, "%s: %q is no address of an engine", from, host).WithHint("write unix:///PATH or tcp://HOST:PORT")
	}
	switch u.Scheme {
	case "unix", "npipe":
		return host, nil
	case "tcp", "http", "https":
		if u.Port() == "" {
			u.Host += map[bool]string{true: ":2376", false: ":2375"}[tls]
		}
		return u.String(), nil
	case "ssh":
		return "", sdk.Errorf(sdk.Unavailable, "%s: an engine over ssh (%s) is not supported", from, host).
			WithHint("forward its socket, then name that: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock %s & DOCKER_HOST=unix:///tmp/docker.sock", login(u))
	}
	return "", sdk.Errorf(sdk.Invalid, "%s: unknown scheme %q in %q", from, u.Scheme, host).WithHint("write unix:///PATH or tcp://HOST:PORT")
}

// login is a URL's user and host as ssh's arguments.
func login(u *url.URL) string {
	login := u.Hostname()
	if user := u.User.Username(); user != "" {
		login = user + "@" + login
	}
	if port := u.Port(); port != "" {
		login = "-p " + port + " " + login
	}
	return login
}
