package images

import (
	"errors"
	"testing"

	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/sdk"
)

// What engines say, and what it means.
func TestWhyAPullFailed(t *testing.T) {
	s := &Store{Engine: &engine.Engine{}}
	r, err := parse("python:3.13-slim")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]struct {
		kind sdk.Kind
		hint string
	}{
		"pull access denied for nothing, repository does not exist or may require 'docker login': denied: requested access to the resource is denied": {sdk.NotFound, "check the name; for a private image: docker login"},
		"manifest for python:9 not found: manifest unknown: manifest unknown":                                                                         {sdk.NotFound, "check the name"},
		"unauthorized: incorrect username or password":                                                                                                {sdk.PermissionDenied, "docker login"},
		"toomanyrequests: You have reached your pull rate limit.":                                                                                     {sdk.Unavailable, "docker login"},
		"no matching manifest for linux/arm64/v8 in the manifest list entries":                                                                        {sdk.Invalid, "docker manifest inspect"},
		"failed to register layer: write /usr/lib/x: no space left on device":                                                                         {sdk.ResourceExhausted, "docker system df"},
		`Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host`:                                                 {sdk.Unavailable, "docker pull python:3.13-slim"},
		`Get "https://registry-1.docker.io/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)`:                         {sdk.Unavailable, "docker pull"},
		"something else": {sdk.Unavailable, "docker pull"},
	} {
		fails(t, s.explainPull(r, errors.New(text), nil), want.kind, "", want.hint)
	}
}

func TestProgressOfAPull(t *testing.T) {
	type told struct {
		step        string
		done, total int64
	}
	var last told
	l := layers{pulling: "pulling", unpacking: "unpacking", progress: func(step string, done, total int64, _ string) { last = told{step, done, total} }}
	hear := func(id, status string, current, size int64, want told) {
		t.Helper()
		m := message{ID: id, Status: status}
		m.ProgressDetail.Current, m.ProgressDetail.Total = current, size
		if l.hear(m); last != want {
			t.Errorf("%v, want %v", last, want)
		}
	}
	hear("a", "Pulling fs layer", 0, 0, told{})
	hear("a", "Downloading", 10, 100, told{"pulling", 10, 100})
	hear("b", "Downloading", 5, -1, told{"pulling", 10, 100})
	hear("c", "Downloading", 50, 300, told{"pulling", 60, 400})
	hear("a", "Download complete", 0, 0, told{"pulling", 150, 400})
	hear("a", "Extracting", 30, 100, told{"pulling", 150, 400})
	hear("c", "Download complete", 0, 0, told{"unpacking", 30, 100})
	hear("a", "Pull complete", 0, 0, told{"unpacking", 100, 100})
}
