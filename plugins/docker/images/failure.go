package images

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/sdk"
)

func (b build) installer() string {
	return map[string]string{requirements.Python: "pip", requirements.Node: "npm"}[b.needs.Language]
}

func (b build) step() string {
	return "installing " + map[string]string{requirements.Python: "requirements", requirements.Node: "dependencies"}[b.needs.Language]
}

// ended makes an error of a status.
func (b build) ended(status int64, log string) error {
	switch status {
	case 0:
		return nil
	case statusMissing:
		return b.lacks(b.installer())
	}
	return b.needs.Failure(b.installer()+" in "+b.base.Ref, log, fmt.Sprintf("exit status %d", status), "docker system df")
}

func (b build) lacks(what string) error {
	with := map[string]string{requirements.Python: "python:3-slim", requirements.Node: "node:22-slim"}[b.needs.Language]
	return sdk.Errorf(sdk.Invalid, "the image %s has no %s to install %s with", b.base.Ref, what, b.needs.File).
		WithHint("choose an image that has it, as %s, or one that has the packages already", with)
}

// notThere tells whether an engine did not find the program to start.
func notThere(err error) bool {
	var known *sdk.Error
	return err != nil && !errors.As(err, &known) && noProgram.MatchString(err.Error())
}

var noProgram = regexp.MustCompile(`executable file not found|exec: .*no such file or directory`)

// explainBuild makes an error of one of the engine.
func (s *Store) explainBuild(ctx context.Context, b build, err error) error {
	if err == nil {
		return nil
	}
	var known *sdk.Error
	explained := s.Engine.Explain(err)
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(explained, &known):
		return explained
	case noSpace.MatchString(text):
		return sdk.Errorf(sdk.ResourceExhausted, "there is no space left to install %s", b.needs.File).WithHint("docker system df, then docker system prune")
	case errdefs.IsNotFound(err) && strings.Contains(text, "No such image"):
		s.Forget(b.base.ID)
		return sdk.Errorf(sdk.NotFound, "the engine has no longer the image %s", b.base.Ref).WithHint("docker pull %s", b.base.Ref)
	case notThere(err):
		return b.lacks(map[string]string{requirements.Python: "python3", requirements.Node: "node"}[b.needs.Language])
	}
	return sdk.Errorf(sdk.Unavailable, "installing %s in a container of %s: %s", b.needs.File, b.base.Ref, text).WithHint("docker run --rm %s", b.base.Ref)
}
