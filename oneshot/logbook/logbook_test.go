package logbook

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/fnhost/fn/sdk"
	"github.com/google/go-cmp/cmp"
)

// clock advances by a second each time it is asked.
func clock() func() time.Time {
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(time.Second); return now }
}

func texts(records []sdk.LogRecord) (texts []string) {
	for _, r := range records {
		texts = append(texts, string(r.Stream)+" "+r.Text)
	}
	return texts
}

func open(t *testing.T, limit int64) *Shelf {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "logs"), limit)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, s *Shelf, tail int) (records []sdk.LogRecord) {
	t.Helper()
	err := s.Read("f", tail, func(r sdk.LogRecord) error { records = append(records, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestPiecesBecomeLines(t *testing.T) {
	l := NewLines("c1", clock())
	l.Add(sdk.Stdout, []byte("one\ntw"))
	l.Add(sdk.Stderr, []byte("err"))
	l.Add(sdk.Stdout, []byte("o\r\n\nla"))
	l.Add(sdk.Stdout, nil)
	l.Add(sdk.Stdout, []byte("st \xff\xfe"))
	want := []string{"stdout one", "stdout two", "stdout ", "stdout last �", "stderr err"}
	if diff := cmp.Diff(want, texts(l.All())); diff != "" {
		t.Error(diff)
	}
	if first, second := l.All()[0], l.All()[1]; !first.Time.Equal(second.Time) || first.Call != "c1" {
		t.Error("a line has the time of its first byte:", first, second)
	}
}

func TestACallCannotFillTheBook(t *testing.T) {
	l := NewLines("c1", clock())
	long := strings.Repeat("ü", MaxLine)
	l.Add(sdk.Stdout, []byte(long+"\n"))
	for range 100 {
		l.Add(sdk.Stderr, []byte(long+"\n"))
	}
	all := l.All()
	total := 0
	for _, r := range all {
		total += len(r.Text)
		if !utf8.ValidString(r.Text) {
			t.Fatal("not UTF-8")
		}
	}
	if total > MaxCall+100 || len(all[0].Text) < MaxLine || len(all[0].Text) > MaxLine+8 {
		t.Errorf("%d bytes kept, %d of the first line", total, len(all[0].Text))
	}
	if last := all[len(all)-1].Text; last != fmt.Sprintf("[fn: %d more lines were not kept]", 101-len(all)+1) {
		t.Errorf("the last line is %q of %d", last, len(all))
	}
}

func TestACallCannotFillTheBookWithNothing(t *testing.T) {
	l := NewLines("c1", clock())
	for range 100 {
		l.Add(sdk.Stdout, []byte(strings.Repeat("\n", 64<<10)))
	}
	all := l.All()
	if most := MaxCall/perLine + 1; len(all) > most {
		t.Errorf("%d lines are kept, want at most %d", len(all), most)
	}
	if last := all[len(all)-1].Text; last != fmt.Sprintf("[fn: %d more lines were not kept]", 100*64<<10-len(all)+1) {
		t.Errorf("the last line is %q", last)
	}
}

func TestBooksAreReadAsWritten(t *testing.T) {
	s := open(t, 1<<20)
	if got := read(t, s, 0); got != nil {
		t.Error("nobody wrote", got)
	}
	l := NewLines("c1", clock())
	l.Add(sdk.Stdout, []byte("<a>\n\"b\"\n\u2028c\n"))
	want := l.All()
	if err := s.Write("f", want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, read(t, s, 0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[1:], read(t, s, 2)); diff != "" {
		t.Error(diff)
	}
	f, err := os.OpenFile(s.path("f"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"time":`)
	f.Close()
	if diff := cmp.Diff(want, read(t, s, 0)); diff != "" {
		t.Error("half a line:", diff)
	}
	if err := s.Remove("f"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, 0); got != nil {
		t.Error("removed:", got)
	}
	if err := s.Remove("f"); err != nil {
		t.Error("removed twice:", err)
	}
}

func TestSpaceIsBounded(t *testing.T) {
	const limit = 4 << 10
	s := open(t, limit)
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			l := NewLines(fmt.Sprint("c", i), time.Now)
			l.Add(sdk.Stdout, []byte("first\nsecond\n"))
			if err := s.Write("f", l.All()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, e := range entries {
		info, _ := e.Info()
		total += info.Size()
	}
	if total > 2*limit+1024 || len(entries) != 2 {
		t.Errorf("%d bytes in %d files", total, len(entries))
	}
	records := read(t, s, 0)
	if len(records) < 40 {
		t.Errorf("only %d records kept", len(records))
	}
	for i := 0; i < len(records); i += 2 {
		if records[i].Call != records[i+1].Call {
			t.Fatal("the lines of two calls are mixed")
		}
	}
}
