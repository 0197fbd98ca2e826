package images

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/docker/api/types/registry"
	"github.com/fnhost/fn/sdk"
)

// usualHelperLimit is for helpers that ask a cloud.
const usualHelperLimit = 30 * time.Second

// askHelper asks docker-credential-NAME for the credentials of a server. It is
// no error that it has none.
func (s *Store) askHelper(ctx context.Context, name, server string) (answer registry.AuthConfig, found bool, err error) {
	program := "docker-credential-" + name
	path, err := s.lookPath(program)
	if err != nil {
		return answer, false, err
	}
	limit := cmp.Or(s.HelperLimit, usualHelperLimit)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, sdk.Errorf(sdk.Timeout, "%s did not answer within %v", program, limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "get")
	cmd.Env, cmd.Stdin, cmd.WaitDelay = s.Environ, strings.NewReader(server), time.Second
	out, err := cmd.Output()
	switch text := strings.TrimSpace(string(out)); {
	case ctx.Err() != nil:
		return answer, false, context.Cause(ctx)
	case err != nil && strings.Contains(text, "credentials not found"):
		return answer, false, nil
	case err != nil:
		var exit *exec.ExitError
		if errors.As(err, &exit) && text == "" {
			text = strings.TrimSpace(string(exit.Stderr))
		}
		return answer, false, sdk.Errorf(sdk.Unavailable, "%s: %w: %s", program, err, text)
	}
	var told struct{ Username, Secret string }
	if err := json.Unmarshal(out, &told); err != nil {
		return answer, false, sdk.Errorf(sdk.Unavailable, "%s printed no credentials: %w", program, err)
	}
	answer = registry.AuthConfig{ServerAddress: server, Username: told.Username, Password: told.Secret}
	if told.Username == "<token>" {
		answer = registry.AuthConfig{ServerAddress: server, IdentityToken: told.Secret}
	}
	return answer, true, nil
}

// lookPath finds a program in the caller's PATH.
func (s *Store) lookPath(program string) (string, error) {
	for _, v := range s.Environ {
		path, ok := strings.CutPrefix(v, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(path) {
			if found, err := exec.LookPath(filepath.Join(dir, program)); err == nil && filepath.IsAbs(dir) {
				return found, nil
			}
		}
	}
	return "", sdk.Errorf(sdk.Unavailable, "%s, which docker's config.json names, is not on PATH", program)
}
