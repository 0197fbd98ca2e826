package api_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/fnhost/fn/host/api"
)

func TestFramesComeBackAsTheyWent(t *testing.T) {
	var stream bytes.Buffer
	w := api.NewFrameWriter(&stream)
	payloads := [][]byte{nil, []byte("x"), bytes.Repeat([]byte("y"), api.MaxFrame)}
	for _, p := range payloads {
		if err := w.Write(api.FrameResult, p); err != nil {
			t.Fatal(err)
		}
	}
	r := api.NewFrameReader(&stream)
	for _, want := range payloads {
		kind, got, err := r.Read()
		if err != nil || kind != api.FrameResult || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: kind %q, %d bytes, %v", len(want), kind, len(got), err)
		}
	}
	if _, _, err := r.Read(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestDamagedFrames(t *testing.T) {
	header := func(kind byte, n uint32) []byte { return binary.BigEndian.AppendUint32([]byte{kind}, n) }
	for _, test := range []struct {
		name   string
		stream []byte
		cut    bool // want io.ErrUnexpectedEOF
	}{
		{"cut in the header", header(api.FrameResult, 1)[:3], true},
		{"cut before the payload", header(api.FrameResult, 1), true},
		{"cut in the payload", append(header(api.FrameResult, 3), "ab"...), true},
		{"too large", header(api.FrameResult, api.MaxFrame+1), false},
		{"too large a call", header(api.FrameCall, api.MaxCall+1), false},
	} {
		_, _, err := api.NewFrameReader(bytes.NewReader(test.stream)).Read()
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) != test.cut {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestIdentityTellsManifestsApart(t *testing.T) {
	plain, one, two := api.Identity(""), api.Identity("/one.toml"), api.Identity("/two.toml")
	if plain != api.Build() || one == two || one == plain {
		t.Errorf("%q %q %q", plain, one, two)
	}
}
