package container

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/docker/docker/api/types"
)

// piece is what the engine sends of a stream.
func piece(stream byte, text string) string {
	header := make([]byte, headerBytes)
	header[0] = stream
	binary.BigEndian.PutUint32(header[4:], uint32(len(text)))
	return string(header) + text
}

func from(source io.Reader) *attached {
	return &attached{HijackedResponse: types.HijackedResponse{Reader: bufio.NewReader(source)}}
}

func TestPiecesOfAStream(t *testing.T) {
	sent := piece(1, "one ") + piece(2, "a complaint, ") + piece(1, "") + piece(1, "two") + piece(2, "and another")
	for name, source := range map[string]io.Reader{
		"at once": strings.NewReader(sent), "byte by byte": iotest.OneByteReader(strings.NewReader(sent)),
	} {
		a := from(source)
		got, err := io.ReadAll(a)
		if err != nil || string(got) != "one two" || a.said() != "a complaint, and another" {
			t.Errorf("%s: %q, %q, %v", name, got, a.said(), err)
		}
	}
}

func TestOnlyTheEndOfComplaintsIsKept(t *testing.T) {
	a := from(strings.NewReader(piece(2, strings.Repeat("x", 3*mostComplaint)+"the end")))
	if _, err := io.ReadAll(a); err != nil {
		t.Fatal(err)
	}
	if said := a.said(); len(said) != mostComplaint || !strings.HasSuffix(said, "xthe end") {
		t.Errorf("%d bytes", len(said))
	}
}

func TestABrokenStreamIsAnError(t *testing.T) {
	for name, sent := range map[string]string{
		"cut header": piece(1, "x")[:5], "cut piece": piece(1, "hello")[:10], "cut complaint": piece(2, "hello")[:10], "another stream": piece(7, "x"),
	} {
		if got, err := io.ReadAll(from(strings.NewReader(sent))); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte(piece(1, "one") + piece(2, "two")))
	f.Add([]byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, sent []byte) {
		a := from(bytes.NewReader(sent))
		got, _ := io.ReadAll(a)
		if len(got) > len(sent) || len(a.said()) > mostComplaint {
			t.Errorf("%d bytes read of %d", len(got), len(sent))
		}
	})
}
