package function

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/distribution/reference"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/fault"
)

// CheckImage tells whether text is a reference to an image as engines read it:
// [host[:port]/]path[:tag][@digest], or an image's ID.
func CheckImage(image string) error {
	_, err := reference.ParseAnyReference(image)
	if err == nil {
		return nil
	}
	const most = 100 // bytes of it that are told
	return fault.New(fault.Invalid, "%.*q is no reference to an image%s", most, image, because(image)).
		WithHint("--image alpine:3.20, or --image registry.example.com/team/thing@sha256:…")
}

// because names the mistakes that are made most.
func because(image string) string {
	switch {
	case strings.Contains(image, "://"):
		return ": it begins with the host, without http://"
	case strings.ToLower(image) != image:
		if _, err := reference.ParseAnyReference(strings.ToLower(image)); err == nil {
			return ": its name is in lower case"
		}
	}
	return ""
}

// imageOf is the image that a function is, empty where it is code: what the
// command line names, then fn.toml, then, unless there is a path, the previous
// version.
func imageOf(spec api.FunctionSpec, f *file, previous *registry.Version) (string, error) {
	image := f.image
	switch {
	case spec.Image != nil:
		image = *spec.Image
		if err := CheckImage(image); err != nil {
			return "", err
		}
		if spec.Path != "" && !f.there {
			return "", fault.New(fault.Invalid, "a function is code or an image: with --image PATH can only be a directory with a fn.toml").
				WithHint("leave out %s", spec.Path)
		}
	case image == "" && spec.Path == "" && previous != nil:
		image = previous.Image
	}
	return image, nil
}

// defineImage completes a version that is an image. Its entry point is what is
// run, so that it has no handler, and speaks the way of its runtime: exec unless
// that is said.
func (d Definer) defineImage(ctx context.Context, v registry.Version, handler string, settings Settings) (registry.Version, error) {
	v.Handler, v.Digest, v.Size = "", "", 0
	if v.Runtime == "" {
		v.Runtime = "exec"
		d.Note("runtime: exec")
	}
	runtime, err := d.Runtime(ctx, v.Runtime)
	if err != nil {
		return v, err
	}
	if runtime.Language != "exec" && runtime.Language != "provided" {
		return v, fault.New(fault.Invalid, "a function that is an image runs as exec or provided, not as %s", runtime.Name).
			WithHint("--runtime exec, or a runtime of that image for the code: fn runtime create NAME --language %s --image %s", runtime.Language, v.Image)
	}
	if runtime.Image != "" {
		return v, fault.New(fault.Invalid, "a function that is an image cannot run in %s, which has an image of its own, %s", runtime.Name, runtime.Image).
			WithHint("--runtime %s", runtime.Language)
	}
	if handler != "" {
		return v, fault.New(fault.Invalid, "a function that is an image has no handler: its entry point is run").
			WithHint("leave out %s", handler)
	}
	if settings.Memory == 0 {
		settings.Memory = defaultMemory(runtime.Language)
	}
	v.Settings, err = json.Marshal(settings)
	return v, err
}
