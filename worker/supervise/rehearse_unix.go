//go:build unix

package supervise

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
	"github.com/fnhost/fn/worker/frame"
)

// rehearsal is a small bundle.
//
//go:embed rehearsal.zip
var rehearsal []byte

// rehearse goes the way of an injection and a call once, before anybody waits:
// the first time in a process costs half a millisecond more, for pages to be
// loaded and for what package json learns about each type.
func (s *session) rehearse() error {
	var sent bytes.Buffer
	out := frame.NewWriter(&sent)
	injection, err := json.Marshal(worker.Injection{Function: "f", Handler: "run", Env: map[string]string{"A": "a"}, MemoryBytes: 1})
	if err != nil {
		return err
	}
	call, err := json.Marshal(worker.Call{ID: "1", TimeoutMillis: 1})
	if err != nil {
		return err
	}
	for _, f := range []struct {
		kind    frame.Type
		payload []byte
	}{{frame.Inject, injection}, {frame.Code, rehearsal}, {frame.CodeEnd, nil}, {frame.Call, call}} {
		if err := out.Write(f.kind, f.payload); err != nil {
			return err
		}
	}
	return s.rehearseWith(frame.NewReader(&sent))
}

func (s *session) rehearseWith(in *frame.Reader) error {
	again := &session{in: in, out: frame.NewWriter(&bytes.Buffer{})}
	if err := again.expect(frame.Inject, &worker.Injection{}); err != nil {
		return err
	}
	packed, err := receiveCode(in, s.home.bundle())
	defer packed.close()
	if err != nil {
		return err
	}
	place := filepath.Join(s.home.tmp(), "rehearsal")
	if err := os.Mkdir(place, 0o700); err != nil {
		return code.Storing(err)
	}
	defer os.RemoveAll(place)
	if err := packed.unpack(place); err != nil {
		return err
	}
	if err := again.expect(frame.Call, &worker.Call{}); err != nil {
		return err
	}
	if err := again.send(frame.Ack, worker.Ack{CodeDigest: packed.digest, Env: []string{"A"}}); err != nil {
		return err
	}
	return again.send(frame.End, worker.End{})
}
