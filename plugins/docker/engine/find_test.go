//go:build unix

package engine

import (
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// id is the name of a context's directory in the store.
func id(context string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(context))) }

func TestOrderOfTheEnvironment(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	addContext(t, home, id("prod"), "tcp://10.0.0.1:2375")
	addContext(t, home, id("test"), "unix:///test.sock")
	write(t, filepath.Join(home, ".docker", "config.json"), []byte(`{"currentContext": "test", "auths": {}}`))
	for _, c := range []struct {
		env        []string
		host, from string
	}{
		{nil, "unix:///test.sock", `context "test"`},
		{[]string{"DOCKER_CONTEXT", "prod"}, "tcp://10.0.0.1:2375", `context "prod"`},
		{[]string{"DOCKER_CONTEXT", "default"}, defaultHost, byDefault},
		{[]string{"DOCKER_HOST", "unix:///x.sock", "DOCKER_CONTEXT", "prod"}, "unix:///x.sock", "DOCKER_HOST"},
		{[]string{"DOCKER_HOST", "box"}, "tcp://box:2375", "DOCKER_HOST"},
		{[]string{"DOCKER_HOST", "tcp://box:99"}, "tcp://box:99", "DOCKER_HOST"},
		{[]string{"DOCKER_HOST", "box", "DOCKER_TLS_VERIFY", "1"}, "tcp://box:2376", "DOCKER_HOST"},
		{[]string{"DOCKER_CONFIG", other}, defaultHost, byDefault},
	} {
		p, err := Find(environment(c.env...), home)
		if err != nil || p.Host != c.host || p.From != c.from {
			t.Errorf("%v: %s from %s, %v; want %s from %s", c.env, p.Host, p.From, err, c.host, c.from)
		}
	}
}

func TestOtherSockets(t *testing.T) {
	dir := t.TempDir()
	standard := "unix://" + filepath.Join(dir, "standard.sock")
	env := environment("XDG_RUNTIME_DIR", dir)
	listen := func(path string) string {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return "unix://" + path
	}
	check := func(host, from string) {
		t.Helper()
		if h, f := firstSocket(env, standard); h != host || f != from {
			t.Errorf("%s, %s; want %s, %s", h, f, host, from)
		}
	}
	if !there("unix:///run/podman/podman.sock") {
		check(standard, byDefault)
	}
	check(listen(filepath.Join(dir, "podman", "podman.sock")), rootlessPodman)
	check(listen(filepath.Join(dir, "docker.sock")), rootless)
	check(listen(filepath.Join(dir, "standard.sock")), byDefault)
}

func TestWhatCannotBeFound(t *testing.T) {
	home := t.TempDir()
	_, err := Find(environment("DOCKER_CONTEXT", "gone"), home)
	unavailable(t, err, `DOCKER_CONTEXT names the context "gone"`, "docker context ls")

	config := filepath.Join(home, ".docker", "config.json")
	write(t, config, []byte(`{"currentContext": "gone"}`))
	_, err = Find(environment(), home)
	unavailable(t, err, config+` names the context "gone"`, "docker context ls")

	write(t, config, []byte(`{`))
	_, err = Find(environment(), home)
	unavailable(t, err, config, config)

	_, err = Find(environment("DOCKER_HOST", "ssh://me@box:2222"), home)
	unavailable(t, err, "ssh", "docker.sock -p 2222 me@box &")

	for _, host := range []string{"carrier://pigeon", "tcp://a b"} {
		if _, err := Find(environment("DOCKER_HOST", host), home); err == nil {
			t.Errorf("%s was taken", host)
		}
	}
}
