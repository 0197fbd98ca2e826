package docker

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/plugins/docker/images"
	"github.com/fnhost/fn/worker"
)

// served is a container as the server of functions sees it.
type served struct {
	*container.Worker
	to *linked
}

var _ oneshot.Worker = served{}

// Inject sends the function and its code over the stream.
func (s served) Inject(ctx context.Context, h oneshot.Handover, out worker.Output) (worker.Ack, error) {
	injection := h.Injection()
	if h.Function.Image != "" {
		image, err := s.to.image(ctx, s.Kind.Ref, func(string, int64, int64, string) {})
		if err != nil {
			return worker.Ack{}, err
		}
		injection.Command, injection.WorkDir = slices.Concat(image.Entrypoint, image.Cmd), image.WorkingDir
		return s.inject(ctx, injection, nil, out)
	}
	if s.Kind.Packages != "" {
		injection.Modules = []string{images.FunctionModules(s.Kind.Language)}
	}
	if s.Kind.Code != "" {
		injection.Placed = injection.CodeDigest
		return s.inject(ctx, injection, nil, out)
	}
	if _, err := h.Code.Seek(0, 0); err != nil {
		return worker.Ack{}, err
	}
	return s.inject(ctx, injection, h.Code, out)
}

func (s served) inject(ctx context.Context, injection worker.Injection, code io.Reader, out worker.Output) (worker.Ack, error) {
	ack, err := s.Worker.Inject(ctx, injection, code, out)
	return ack, lacking(err, s.Kind)
}

// Call is that of worker.Conn; its error names the image in which a program is
// missing.
func (s served) Call(ctx context.Context, call worker.Call, event io.Reader, out worker.Output) (worker.End, error) {
	end, err := s.Worker.Call(ctx, call, event, out)
	if err == nil && end.Failure != nil && end.Failure.Missing != "" {
		err = end.Failure
	}
	return end, lacking(err, s.Kind)
}

// ID is the container's as docker ps shows it.
func (s served) ID() string { return s.Worker.ID()[:shortID] }

// shortID is how many digits of a container's id docker ps shows.
const shortID = 12

// Begun is when its start began.
func (s served) Begun() time.Time { return s.Started }

// Usable tells whether the container runs and nobody has paused it: a call would
// wait in vain for one that is paused.
func (s served) Usable() bool { return !s.Paused() && !s.EndsWithin(0) }

// Fate waits for the end and says how it was.
func (s served) Fate() oneshot.Fate {
	words, inOrder := s.Worker.Fate()
	return oneshot.Fate{Words: words, InOrder: inOrder}
}
