package frame

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func TestRoundTrip(t *testing.T) {
	var stream bytes.Buffer
	w := NewWriter(&stream)
	sent := []string{"", "x", strings.Repeat("y", 64<<10), strings.Repeat("z", MaxPayload), "end"}
	for i, payload := range sent {
		send := w.Write
		if i%2 == 1 {
			send = w.Queue
		}
		if err := send(Event, []byte(payload[:len(payload)/2]), []byte(payload[len(payload)/2:])); err != nil {
			t.Fatal(err)
		}
	}
	for name, src := range map[string]io.Reader{
		"whole": bytes.NewReader(stream.Bytes()),
		"half":  iotest.HalfReader(bytes.NewReader(stream.Bytes())),
		"bytes": iotest.OneByteReader(bytes.NewReader(stream.Bytes())),
		"eof":   iotest.DataErrReader(bytes.NewReader(stream.Bytes())),
	} {
		r := NewReader(src)
		for i, want := range sent {
			kind, payload, err := r.Next()
			if err != nil || kind != Event || string(payload) != want {
				t.Fatalf("%s: frame %d: %s, %d bytes, %v", name, i, kind, len(payload), err)
			}
		}
		if _, _, err := r.Next(); err != io.EOF {
			t.Errorf("%s: at the end: %v", name, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		want   error
	}{
		"unknown zero": {"\x00\x00\x00\x00\x00", ErrUnknown},
		"unknown":      {"\x0c\x00\x00\x00\x00", ErrUnknown},
		"too large":    {"\x07\x00\x10\x00\x01", ErrTooLarge},
		"in header":    {"\x07\x00\x00", ErrTruncated},
		"in payload":   {"\x07\x00\x00\x00\x02x", ErrTruncated},
		"nothing":      {"", io.EOF},
	} {
		if _, _, err := NewReader(strings.NewReader(c.stream)).Next(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, wanted %v", name, err, c.want)
		}
	}
	w := NewWriter(io.Discard)
	if err := w.Write(Event, make([]byte, MaxPayload+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("write too large: %v", err)
	}
	if err := w.Write(End + 1); !errors.Is(err, ErrUnknown) {
		t.Errorf("write unknown: %v", err)
	}
	if err := w.Write(End); err != nil {
		t.Errorf("what was refused harmed the writer: %v", err)
	}
}

// counting counts writes, to see that a frame is one.
type counting struct {
	bytes.Buffer
	writes int
}

func (c *counting) Write(p []byte) (int, error) {
	c.writes++
	return c.Buffer.Write(p)
}

func TestOneWrite(t *testing.T) {
	var dst counting
	w := NewWriter(&dst)
	w.Queue(Call, []byte("{}"))
	w.Queue(Event, []byte("{}"))
	if dst.writes != 0 {
		t.Errorf("%d writes of what was queued", dst.writes)
	}
	w.Write(EventEnd)
	if dst.writes != 1 {
		t.Errorf("%d writes, wanted 1", dst.writes)
	}
}

func TestConcurrentWriters(t *testing.T) {
	var stream bytes.Buffer
	w := NewWriter(&stream)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 100 {
				w.Write(Log, bytes.Repeat([]byte{byte(i)}, 100+i))
			}
		})
	}
	all.Wait()
	r := NewReader(&stream)
	for range 800 {
		_, payload, err := r.Next()
		if err != nil || len(payload) != 100+int(payload[0]) || len(bytes.Trim(payload, string(payload[:1]))) != 0 {
			t.Fatalf("%q, %v", payload, err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	var stream bytes.Buffer
	stream.Grow(1 << 20)
	w, r, payload := NewWriter(&stream), NewReader(&stream), make([]byte, 64<<10)
	round := func() {
		w.Write(Event, payload)
		r.Next()
	}
	round()
	if n := testing.AllocsPerRun(100, round); n > 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x02{}\x0b\x00\x00\x00\x00"))
	f.Add([]byte("\x07\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r, read := NewReader(iotest.HalfReader(bytes.NewReader(stream))), 0
		for {
			kind, payload, err := r.Next()
			if err != nil {
				break
			}
			if !kind.known() || len(payload) > MaxPayload {
				t.Fatalf("%s of %d bytes", kind, len(payload))
			}
			if !bytes.Equal(payload, stream[read+headerBytes:read+headerBytes+len(payload)]) {
				t.Fatal("another payload")
			}
			read += headerBytes + len(payload)
		}
	})
}
