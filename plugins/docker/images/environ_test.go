package images

import (
	"maps"
	"testing"

	"github.com/docker/docker/client"
	"github.com/fnhost/fn/plugins/docker/engine"
)

func TestWhatInstallersAreGiven(t *testing.T) {
	c, err := client.NewClientWithOpts(client.WithHost("tcp://192.0.2.1:2375"))
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(t, &engine.Engine{Client: c}, "PATH=/bin", "SECRET=x", "NPM_CONFIG_REGISTRY=http://r", "NPM_CONFIG_CACHE=/c", "no_proxy=own")
	want := map[string]string{"HOME": homeDir, "TMPDIR": tmpDir, "NPM_CONFIG_REGISTRY": "http://r", "no_proxy": "own"}
	if got := s.installerEnv("node"); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	configure(t, s, map[string]any{"proxies": map[string]any{
		"default": map[string]any{"httpProxy": "http://other"}, "tcp://192.0.2.1:2375": map[string]any{"httpsProxy": "http://p", "noProxy": "n"},
	}})
	want["HTTPS_PROXY"], want["https_proxy"], want["NO_PROXY"] = "http://p", "http://p", "n"
	if got := s.installerEnv("node"); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
