package engine

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/client"
	"github.com/fnhost/fn/sdk"
)

// answerLimit bounds the first answer of an engine.
const answerLimit = 10 * time.Second

const (
	defaultHost    = client.DefaultDockerHost
	podmanHost     = "unix:///run/podman/podman.sock"
	byDefault      = "the default socket"
	rootless       = "the socket of the rootless engine"
	rootlessPodman = "the socket of rootless Podman"
	podman         = "the socket of Podman"
)

// Engine is a client to an engine that answered, at the API version of both.
type Engine struct {
	*client.Client
	Place Place
}

// Open finds the caller's engine and waits for its first answer, 10 s at most.
// home is the caller's home directory. Every error has its mend.
func Open(ctx context.Context, env func(string) string, home string) (*Engine, error) {
	place, err := Find(env, home)
	if err != nil {
		return nil, err
	}
	version := env("DOCKER_API_VERSION")
	if version != "" && !apiVersion.MatchString(version) {
		return nil, sdk.Errorf(sdk.Invalid, "DOCKER_API_VERSION: %q is no version", version).WithHint("unset DOCKER_API_VERSION")
	}
	c, err := newClient(place, version)
	if err != nil {
		return nil, err
	}
	e := &Engine{Client: c, Place: place}
	if err := e.greet(ctx, version); err != nil {
		c.Close()
		return nil, err
	}
	return e, nil
}

var apiVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+$`)

func newClient(place Place, version string) (*client.Client, error) {
	transport := &http.Transport{MaxIdleConns: 16, MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second}
	if place.tls != nil {
		config, err := place.tls.config()
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = config
	}
	options := []client.Opt{
		client.WithHTTPClient(&http.Client{Transport: transport, CheckRedirect: client.CheckRedirect}),
		client.WithHost(place.Host),
		client.WithAPIVersionNegotiation(),
	}
	if version != "" {
		options = append(options, client.WithVersion(version))
	}
	c, err := client.NewClientWithOpts(options...)
	if err != nil {
		return nil, sdk.Errorf(sdk.Invalid, "%s: %w", place.From, err)
	}
	return c, nil
}

// greet waits for the first answer and settles the API version.
func (e *Engine) greet(ctx context.Context, wanted string) error {
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	ping, err := e.Ping(limited)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if explained := e.Explain(err); sdk.KindOf(explained) == sdk.Unavailable {
		return explained
	}
	if err != nil || ping.APIVersion == "" {
		return sdk.Errorf(sdk.Unavailable, "what answers at %s (%s) is no Docker engine", e.Place.Host, e.Place.From).
			WithHint("docker version")
	}
	if wanted != "" && versions.GreaterThan(e.ClientVersion(), ping.APIVersion) {
		return sdk.Errorf(sdk.Unavailable, "DOCKER_API_VERSION is %s and the engine at %s knows no newer one than %s", wanted, e.Place.Host, ping.APIVersion).
			WithHint("unset DOCKER_API_VERSION")
	}
	e.NegotiateAPIVersionPing(ping)
	return nil
}

func quote(s string) string { return strconv.Quote(s) }
