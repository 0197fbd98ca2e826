package host

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fnhost/fn/sdk/fault"
)

func TestReplay(t *testing.T) {
	event := strings.Repeat("0123456789", 1000)
	for _, before := range []int{0, 1, 10, 9_999, 10_000} {
		e := newReplay(iotest.OneByteReader(strings.NewReader(event)))
		first := e.reader()
		if _, err := io.ReadFull(first, make([]byte, before)); err != nil {
			t.Fatal(err)
		}
		second, err := io.ReadAll(e.reader())
		if err != nil || string(second) != event {
			t.Errorf("after %d bytes: %d bytes, %v", before, len(second), err)
		}
		if n, err := first.Read(make([]byte, 1)); n != 0 || err != io.ErrClosedPipe {
			t.Errorf("the one before reads %d, %v", n, err)
		}
		third, err := io.ReadAll(e.reader())
		if err != nil || string(third) != event {
			t.Errorf("once more: %d bytes, %v", len(third), err)
		}
	}
}

// An event in memory needs no copy of what was read.
func TestReplayFromMemory(t *testing.T) {
	e := newReplay(limited(bytes.NewReader([]byte("event")), 5))
	for _, before := range []int{3, 5, 0} {
		r := e.reader()
		if _, ok := r.(*bytes.Reader); !ok {
			t.Errorf("%T: how long it is has got lost", r)
		}
		io.ReadFull(r, make([]byte, before))
		if again, err := io.ReadAll(e.reader()); err != nil || string(again) != "event" {
			t.Errorf("after %d bytes: %q, %v", before, again, err)
		}
	}
}

// What the reader before was waiting for goes to the next.
func TestReplayWhileTheOtherReads(t *testing.T) {
	r, w := io.Pipe()
	e := newReplay(r)
	first := make(chan error, 1)
	reading := make(chan struct{})
	old := e.reader()
	go func() {
		close(reading)
		_, err := old.Read(make([]byte, 100))
		first <- err
	}()
	<-reading
	if _, err := w.Write(nil); err != nil { // it reads: nothing, but it does
		t.Fatal(err)
	}
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := old.Read(make([]byte, 100))
		first <- err
	}()
	next := e.reader()
	go func() {
		w.Write([]byte("all of it"))
		w.Close()
	}()
	got, err := io.ReadAll(next)
	if err != nil || string(got) != "all of it" {
		t.Errorf("%q, %v", got, err)
	}
	if err := <-first; err != io.ErrClosedPipe {
		t.Errorf("the one before: %v", err)
	}
}

// An event that comes from elsewhere and is too large to keep can be read once only.
func TestReplayOfALargeEvent(t *testing.T) {
	event := bytes.Repeat([]byte("x"), replayLimit+1)
	e := newReplay(io.MultiReader(bytes.NewReader(event)))
	first, err := io.ReadAll(e.reader())
	if err != nil || !bytes.Equal(first, event) {
		t.Errorf("%d bytes, %v", len(first), err)
	}
	if e.kept != nil {
		t.Errorf("%d bytes are kept", len(e.kept))
	}
	_, err = e.reader().Read(make([]byte, 1))
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a second time: %v", err)
	}
}

func TestReplayKeepsTheError(t *testing.T) {
	gone := errors.New("gone")
	e := newReplay(io.MultiReader(strings.NewReader("some"), iotest.ErrReader(gone)))
	for range 2 {
		if got, err := io.ReadAll(e.reader()); string(got) != "some" || err != gone {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestLimited(t *testing.T) {
	for limit, fits := range map[int64]bool{0: true, 4: true, 5: true, 3: false} {
		got, err := io.ReadAll(limited(strings.NewReader("four"), limit))
		if fits && (err != nil || string(got) != "four") || !fits && fault.KindOf(err) != fault.ResourceExhausted {
			t.Errorf("limit %d: %q, %v", limit, got, err)
		}
	}
}
