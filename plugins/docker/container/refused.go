package container

import (
	"errors"
	"regexp"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

// How engines say what went wrong; their status codes do not tell.
var (
	noSpace = regexp.MustCompile(`(?i)no space left on device|disk quota exceeded`)
	noImage = regexp.MustCompile(`(?i)no such image`)
	noFile  = regexp.MustCompile(`(?i)no such file or directory|executable file not found`)
)

// NoImage tells of a start that failed because the engine does not have the image
// any more.
func NoImage(err error) bool {
	return err != nil && noImage.MatchString(err.Error())
}

// vanished tells of a start that failed because the bridge, the volume with the
// programs or the container itself was removed.
func vanished(err error) bool {
	text := err.Error()
	return !NoImage(err) && (errdefs.IsNotFound(err) || noFile.MatchString(text) && strings.Contains(text, program.Dir+"/"))
}

// explain makes errors of the contract of those that a user can mend.
func (l *Launcher) explain(err error) error {
	var known *sdk.Error
	switch {
	case errors.As(err, &known):
		return err
	case noSpace.MatchString(err.Error()):
		return sdk.Errorf(sdk.ResourceExhausted, "the engine has no space left on its disk: %w", err).WithHint("docker system df, then docker system prune")
	}
	return err
}
