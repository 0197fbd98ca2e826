package images

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

func TestALocalImageIsTakenAsItIs(t *testing.T) {
	e := enginetest.Client(t)
	s := newStore(t, e)
	ref := small(t, e, `CMD ["/a","b"]`, "USER 7", "WORKDIR /tmp", "ENV A=b")
	img, err := s.Resolve(t.Context(), ref, func(step string, _, _ int64, _ string) { t.Error(step) })
	if err != nil {
		t.Fatal(err)
	}
	if img.User != "7" || img.WorkingDir != "/tmp" || !slices.Equal(img.Cmd, []string{"/a", "b"}) || !slices.Contains(img.Env, "A=b") ||
		!strings.HasPrefix(img.ID, "sha256:") || !strings.HasPrefix(img.Platform, "linux/") || img.Size < 1<<20 || img.Ref != ref {
		t.Errorf("%+v", img)
	}
	for _, way := range []string{img.ID, strings.TrimPrefix(img.ID, "sha256:"), img.ID[7:19], "docker.io/" + ref} {
		if same, err := s.Resolve(t.Context(), way, ignore); err != nil || same.ID != img.ID {
			t.Errorf("%s: %v, %v", way, same.ID, err)
		}
	}
}

func TestWhatIsKnownAndForgotten(t *testing.T) {
	e := enginetest.Client(t)
	s := newStore(t, e)
	ref := small(t, e)
	if _, ok := s.Known(ref); ok {
		t.Error("known before it was asked for")
	}
	img, err := s.Resolve(t.Context(), ref, ignore)
	if err != nil {
		t.Fatal(err)
	}
	for _, forget := range []string{ref, "docker.io/" + ref, img.ID} {
		if known, ok := s.Known("docker.io/" + ref); !ok || known.ID != img.ID {
			t.Errorf("not known: %+v", known)
		}
		s.Forget(forget)
		if _, ok := s.Known(ref); ok {
			t.Errorf("still known after %s was forgotten", forget)
		}
		if _, err := s.Resolve(t.Context(), ref, ignore); err != nil {
			t.Fatal(err)
		}
	}
	if s.Tagged(ref, img.ID); !knows(s, ref) {
		t.Error("forgotten though the image has the name it had")
	}
	if s.Tagged("docker.io/"+ref, "sha256:other"); knows(s, ref) {
		t.Error("still known after another image got the name")
	}
	s.known = map[string]Image{"late": img}
	s.remember(reference{key: "late"}, img, s.forgotten()-1)
	if _, ok := s.known["late"]; ok {
		t.Error("an answer from before something was forgotten is kept")
	}
}

func knows(s *Store, ref string) bool {
	_, ok := s.Known(ref)
	return ok
}

func TestPull(t *testing.T) {
	e := enginetest.Client(t)
	r := enginetest.Registry(t, "", "")
	ref := r.Push(t, e, small(t, e), "small")
	removed(t, e, ref)
	s := newStore(t, e)
	var told steps
	img, err := s.Resolve(t.Context(), ref, told.progress)
	if err != nil {
		t.Fatal(err)
	}
	if !told.has("pulling " + ref) {
		t.Errorf("progress told %q", told.said)
	}
	if !strings.HasPrefix(img.Digest, "sha256:") {
		t.Errorf("digest %q", img.Digest)
	}
	byDigest := ref + "@" + img.Digest
	if same, err := s.Resolve(t.Context(), byDigest, ignore); err != nil || same.ID != img.ID {
		t.Errorf("by its digest: %v, %v", same, err)
	}
	_, err = s.Resolve(t.Context(), r.Address+"/small:other", ignore)
	fails(t, err, sdk.NotFound, "has an image "+r.Address+"/small:other", "check the name")
	_, err = s.Resolve(t.Context(), r.Address+"/nothing", ignore)
	fails(t, err, sdk.NotFound, "/nothing", "docker login "+r.Address)
}

func TestRefreshTakesTheNewImageOfAName(t *testing.T) {
	e := enginetest.Client(t)
	r := enginetest.Registry(t, "", "")
	ref := r.Push(t, e, small(t, e), "changing")
	removed(t, e, ref)
	s := newStore(t, e)
	old, err := s.Resolve(t.Context(), ref, ignore)
	if err != nil {
		t.Fatal(err)
	}
	// The push takes the name from the engine.
	r.Push(t, e, small(t, e, "ENV NEW=1"), "changing")
	fresh, err := s.Refresh(t.Context(), ref, ignore)
	if err != nil || fresh.ID == old.ID || fresh.Digest == old.Digest {
		t.Errorf("%v, %v after %v", fresh, err, old)
	}
	if known, _ := s.Known(ref); known.ID != fresh.ID {
		t.Errorf("known is %v", known)
	}
	if same, err := s.Refresh(t.Context(), fresh.ID, ignore); err != nil || same.ID != fresh.ID {
		t.Errorf("by its ID: %v, %v", same, err)
	}
	local := small(t, e)
	if img, err := s.Refresh(t.Context(), local, ignore); err != nil || img.Ref != local {
		t.Errorf("one that is in no registry: %v, %v", img, err)
	}
}

func TestWhatCannotBeResolved(t *testing.T) {
	e := enginetest.Client(t)
	s := newStore(t, e)
	_, err := s.Resolve(t.Context(), "Not An Image", ignore)
	fails(t, err, sdk.Invalid, `"Not An Image" names no image`, "NAME:TAG")
	_, err = s.Resolve(t.Context(), "sha256:"+strings.Repeat("0", 64), ignore)
	fails(t, err, sdk.NotFound, "the engine has no image sha256:000", "docker images")
	// Nobody listens on port 1.
	_, err = s.Resolve(t.Context(), "127.0.0.1:1/x", ignore)
	fails(t, err, sdk.Unavailable, "does not reach 127.0.0.1:1", "docker pull 127.0.0.1:1/x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Resolve(ctx, "127.0.0.1:1/x", ignore); sdk.KindOf(err) != sdk.Canceled {
		t.Error(err)
	}
}

func TestAnImageOfAnotherPlatform(t *testing.T) {
	e := enginetest.Client(t)
	s := newStore(t, e)
	ref := small(t, e)
	s.platform = "linux/riscv64" // as if the engine ran that
	_, err := s.Resolve(t.Context(), ref, ignore)
	fails(t, err, sdk.Invalid, " and the engine runs linux/riscv64", "docker pull --platform linux/riscv64 "+ref)
}
