package sdktest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/fnhost/fn/sdk"
)

const (
	// largest is the largest event, result or bundle that the suite makes, bytes.
	largest = 256 << 20
	// unbounded is what it sends where nothing is announced.
	unbounded      = 16 << 20
	streamed       = 64 << 20
	streamedBehind = 16 << 20 // a call may hold back
)

// roomy gives a function memory for large values.
func roomy(f sdk.Function) sdk.Function {
	f.Memory = 1 << 30
	return f
}

// within is n bytes, or half of what may be sent and answered.
func (g *tongue) within(n int64) int64 {
	for _, limit := range []int64{g.language.MaxEvent, g.language.MaxResult} {
		if limit > 0 {
			n = min(n, limit/2)
		}
	}
	return n
}

func (g *tongue) largestEvent(t *testing.T) {
	size := g.language.MaxEvent
	if size > largest {
		t.Skipf("%d bytes are too many for the suite", size)
	}
	f := roomy(g.function(lastPart(t), "count"))
	g.deploy(t, f)
	if size == 0 {
		g.answers(t, f, g.sized(unbounded), strconv.Itoa(unbounded))
		return
	}
	g.answers(t, f, g.sized(size), strconv.FormatInt(size, 10))
	wants(t, fmt.Sprintf("an event over the announced %d bytes is ResourceExhausted", size),
		g.call(t, f, g.sized(size+1)).err, sdk.ResourceExhausted)
	g.answers(t, f, g.sized(2), "2")
}

// sized is an event of so many bytes, at least 2.
func (g *tongue) sized(size int64) []byte {
	if g.json {
		size -= 2
	}
	return g.text(string(bytes.Repeat([]byte("a"), int(size))))
}

func (g *tongue) largestResult(t *testing.T) {
	size := g.language.MaxResult
	if size > largest {
		t.Skipf("%d bytes are too many for the suite", size)
	}
	f := roomy(g.function(lastPart(t), "act"))
	g.deploy(t, f)
	big := func(size int64) *call { return g.call(t, f, g.do("big", strconv.FormatInt(size, 10))) }
	most := size
	if size == 0 {
		most = unbounded
	}
	c := big(most)
	must(t, fmt.Sprintf("a result of %d bytes passes", most), c.err)
	if got := int64(c.result.Len()); got != most {
		breach(t, "a result passes whole", "of %d bytes %d arrived", most, got)
	}
	if size == 0 {
		return
	}
	wants(t, fmt.Sprintf("a result over the announced %d bytes is ResourceExhausted", size), big(size+1).err, sdk.ResourceExhausted)
}

// stream sends an event that goes on only when its beginning has come back.
func (g *tongue) stream(t *testing.T) {
	if g.json || g.language.MaxEvent != 0 || g.language.MaxResult != 0 {
		t.Skip("events and results of this language are not streamed")
	}
	f := g.deployed(t, "echo")
	ctx, cancel := g.patient(t)
	defer cancel()
	s := newLockstep(ctx)
	stop := context.AfterFunc(ctx, s.moved.Broadcast)
	defer stop()
	_, err := g.client.Run(ctx, g.invocation(f, s), s)
	if ctx.Err() != nil && s.sent < streamed {
		breach(t, "0 means unbounded and streamed", "after %d bytes of the event only %d of the result had come: something holds back more than %d MiB",
			s.sent, s.got, streamedBehind>>20)
		return
	}
	must(t, "an event of 64 MiB passes", err)
	if s.got != streamed || s.wrong {
		breach(t, "a result passes whole and unchanged", "of %d bytes %d arrived, changed: %v", streamed, s.got, s.wrong)
	}
}

// lockstep is an event and the output that its echo goes to.
type lockstep struct {
	ctx    context.Context
	period []byte // the event is this, again and again
	mu     sync.Mutex
	moved  sync.Cond
	sent   int64
	got    int64
	wrong  bool
}

var _ sdk.Output = (*lockstep)(nil)

// newLockstep takes a period that no buffer's size is a multiple of, so that a
// lost or repeated buffer shows.
func newLockstep(ctx context.Context) *lockstep {
	s := &lockstep{ctx: ctx, period: make([]byte, 65521)}
	_, _ = rand.Read(s.period) // never fails
	s.moved.L = &s.mu
	return s
}

// at is the event from a place on, to the end of the period or limit bytes.
func (s *lockstep) at(place int64, limit int) []byte {
	rest := s.period[place%int64(len(s.period)):]
	return rest[:min(len(rest), limit)]
}

func (s *lockstep) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.sent-s.got > streamedBehind && s.ctx.Err() == nil {
		s.moved.Wait()
	}
	if s.ctx.Err() != nil {
		return 0, s.ctx.Err()
	}
	if s.sent == streamed {
		return 0, io.EOF
	}
	n := copy(p, s.at(s.sent, int(min(int64(len(p)), streamed-s.sent))))
	s.sent += int64(n)
	return n, nil
}

func (s *lockstep) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for rest := p; len(rest) > 0; {
		want := s.at(s.got, len(rest))
		s.wrong = s.wrong || !bytes.Equal(want, rest[:len(want)])
		s.got += int64(len(want))
		rest = rest[len(want):]
	}
	s.moved.Broadcast()
	return len(p), nil
}

func (s *lockstep) Log(sdk.LogStream, []byte) error { return nil }

func (g *tongue) largestBundle(t *testing.T) {
	size := g.limits.MaxBundle
	if size == 0 {
		t.Skip("no limit is announced")
	}
	if size > largest {
		t.Skipf("%d bytes are too many for the suite", size)
	}
	dir := t.TempDir()
	ballast := make([]byte, size+1)
	_, _ = rand.Read(ballast) // not compressible; never fails
	if err := os.WriteFile(filepath.Join(dir, "ballast"), ballast, 0o600); err != nil {
		t.Fatal(err)
	}
	f := g.function(lastPart(t), "act")
	f.Code = packDir(t, dir)
	ctx, cancel := g.patient(t)
	defer cancel()
	_, err := g.client.Deploy(ctx, f, nil)
	wants(t, fmt.Sprintf("code over the announced %d bytes is ResourceExhausted", size), err, sdk.ResourceExhausted)
}
