package docker

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

// noise is what no zip makes smaller.
func noise(t *testing.T, n int) []byte {
	t.Helper()
	data := make([]byte, n)
	if _, err := io.ReadFull(rand.New(rand.NewSource(1)), data); err != nil {
		t.Fatal(err)
	}
	return data
}

// handing is the median time in which a waiting worker becomes the function's.
func (s *site) handing(f sdk.Function) time.Duration {
	s.t.Helper()
	var took []time.Duration
	for range 3 {
		s.warm()
		report, err := s.Run(s.t.Context(), sdk.Invocation{ID: "handed", Function: f, Timeout: f.Timeout, Event: strings.NewReader("x")}, &printed{})
		if err != nil || report.Start != sdk.StartWarm {
			s.t.Fatal(report.Start, err)
		}
		took = append(took, report.Phases.Inject+report.Phases.Init)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

func TestLargeCodeLiesAheadOfTheCall(t *testing.T) {
	s := newSite(t, enginetest.Client(t), "large", `{"images": {"exec": ""}, "warm": 1}`)
	data := noise(t, 30<<20)
	sum := sha256.Sum256(data)
	f, small := s.functionWith("large", data), s.deployed(s.function("small"))
	s.deployed(f)
	r, err := s.server.Records()
	if err != nil || len(r) != 2 || r[0].Placed == "" || r[1].Placed != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	want := fmt.Sprint(len(data), hex.EncodeToString(sum[:]), nil, "open new: read-only file system")
	if got, err := s.call(f, "code"); err != nil || strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	t.Logf("30 MiB of code: %v; a small function: %v", s.handing(f), s.handing(small))

	// It stays as long as a function wants it, and is made again when it is lost.
	ctx := t.Context()
	if removed, err := s.Collect(ctx, nil, quiet); err != nil || len(removed) > 0 {
		t.Errorf("%q, %v", removed, err)
	}
	if err := s.Remove(ctx, f.Name); err != nil {
		t.Fatal(err)
	}
	until(t, "its workers let the volume go", func() bool {
		removed, err := s.Collect(ctx, nil, quiet)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(removed, func(what string) bool { return strings.Contains(what, r[0].Placed) })
	})
	s.deployed(f)
	s.answers(f, "again")
	to, err := s.up(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, f.Name); err != nil {
		t.Fatal(err)
	}
	until(t, "nothing is left", func() bool { return to.images.RemoveVolume(ctx, r[0].Placed) == nil })
}
