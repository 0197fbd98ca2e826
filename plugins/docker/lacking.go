package docker

import (
	"errors"

	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// lacking names, in an error for want of a program, the image that does not have
// it, and what mends that.
func lacking(err error, kind container.Kind) error {
	var f *worker.Failure
	if !errors.As(err, &f) || f.Missing == "" {
		return err
	}
	why := "the image " + kind.Ref + " does not have it"
	if kind.Ref == program.ImageRef {
		why = "the function runs in an empty image"
	}
	return sdk.Errorf(sdk.Kind(f.Kind), "%s: %s", f.Message, why).
		WithHint("fn runtime create NAME --language %s --image IMAGE    with an image that has %s; then fn update FUNCTION --runtime NAME", kind.Language, f.Missing)
}
