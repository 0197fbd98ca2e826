package images

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"
	"github.com/fnhost/fn/sdk"
)

// pullSilence is how long a pull may tell nothing. An engine tells of each part
// of a layer.
const pullSilence = 3 * time.Minute

// pull makes the engine fetch an image from its registry.
func (s *Store) pull(ctx context.Context, r reference, progress sdk.Progress) error {
	progress("pulling "+r.written, 0, 0, "bytes")
	credentials, credentialsErr := s.credentials(ctx, r.host)
	encoded, err := registry.EncodeAuthConfig(credentials)
	if err != nil {
		return err
	}
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(pullSilence, func() {
		cancel(sdk.Errorf(sdk.Unavailable, "the pull of %s made no progress for %v", r.written, pullSilence).WithHint("docker pull %s", r.written))
	})
	defer silence.Stop()
	layers := layers{progress: progress, pulling: "pulling " + r.written, unpacking: "unpacking " + r.written}
	body, err := s.Engine.ImagePull(limited, r.key, image.PullOptions{RegistryAuth: encoded})
	if err == nil {
		defer body.Close()
		err = messages(body, func(m message) {
			silence.Reset(pullSilence)
			layers.hear(m)
		})
	}
	switch {
	case err == nil:
		return nil
	case limited.Err() != nil:
		return context.Cause(limited)
	}
	return s.explainPull(r, err, credentialsErr)
}

// message is one of those that an engine sends while it pulls.
type message struct {
	ID             string `json:"id"`
	Status         string `json:"status"`
	Error          string `json:"error"`
	ProgressDetail struct {
		Current int64 `json:"current"`
		Total   int64 `json:"total"`
	} `json:"progressDetail"`
}

// messages reads them to the end and returns the error that they tell of.
func messages(body io.Reader, each func(message)) error {
	decoder := json.NewDecoder(body)
	for {
		var m message
		switch err := decoder.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case m.Error != "":
			return errors.New(m.Error)
		}
		each(m)
	}
}

// layers sums what the messages tell of each layer.
type layers struct {
	progress           sdk.Progress
	pulling, unpacking string // the steps

	fetched, unpacked map[string]part
}

type part struct{ done, total int64 }

func (l *layers) hear(m message) {
	if l.fetched == nil {
		l.fetched, l.unpacked = map[string]part{}, map[string]part{}
	}
	now := part{m.ProgressDetail.Current, m.ProgressDetail.Total}
	switch m.Status {
	case "Downloading":
		l.fetched[m.ID] = now
	case "Download complete":
		l.fetched[m.ID] = whole(l.fetched[m.ID])
	case "Extracting":
		l.unpacked[m.ID] = now
		l.fetched[m.ID] = whole(l.fetched[m.ID])
	case "Pull complete":
		l.unpacked[m.ID] = whole(l.unpacked[m.ID])
	default:
		return
	}
	step, sum := l.pulling, total(l.fetched)
	if sum.done == sum.total && len(l.unpacked) > 0 {
		step, sum = l.unpacking, total(l.unpacked)
	}
	l.progress(step, sum.done, sum.total, "bytes")
}

func whole(p part) part { return part{p.total, p.total} }

// total leaves out what an engine that does not know a size says: 0 or -1.
func total(parts map[string]part) (sum part) {
	for _, p := range parts {
		if p.total > 0 {
			sum.done, sum.total = sum.done+min(p.done, p.total), sum.total+p.total
		}
	}
	return sum
}
