package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/fnhost/fn/host/api"
)

// linesOf reads all lines; one that is too long is "too long".
func linesOf(t *testing.T, r io.Reader) (lines []string) {
	for l := newLineReader(r); ; {
		text, err := l.next()
		switch {
		case err == io.EOF:
			return lines
		case errors.Is(err, errLongLine):
			text = []byte("too long")
		case err != nil:
			t.Fatal(err)
		}
		lines = append(lines, string(text))
	}
}

func TestLinesOfAnEvent(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for _, test := range []struct {
		event string
		want  []string
	}{
		{"", nil},
		{"a", []string{"a"}},
		{"a\n", []string{"a"}},
		{"a\r\nb\n\n\rc\r", []string{"a", "b", "", "\rc\r"}},
		{"\n", []string{""}},
		{long + "\n" + long + "\r\nb", []string{long, long, "b"}},
		{long + "x\nb\n", []string{"too long", "b"}},
		{long + long + long, []string{"too long"}},
		{"a\n" + long + "\r\r\nb", []string{"a", "too long", "b"}},
	} {
		got := linesOf(t, strings.NewReader(test.event))
		if strings.Join(got, "|") != strings.Join(test.want, "|") {
			t.Errorf("%.20q: %d lines, want %d", test.event, len(got), len(test.want))
		}
	}
}

// zeros is a line without an end.
type zeros struct{ read int }

func (z *zeros) Read(b []byte) (int, error) {
	clear(b)
	z.read += len(b)
	return len(b), nil
}

func TestEndlessLine(t *testing.T) {
	event := &zeros{}
	if _, err := newLineReader(event).next(); err != errLongLine {
		t.Error(err)
	}
	if event.read > 2*maxLine {
		t.Errorf("it was noticed after %d bytes", event.read)
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\r\nb\n\nc"))
	f.Fuzz(func(t *testing.T, event []byte) {
		got := linesOf(t, byteByByte{bytes.NewReader(event)})
		want := strings.Split(string(event), "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		for i, line := range want {
			if i < len(want)-1 || bytes.HasSuffix(event, []byte("\n")) {
				want[i] = strings.TrimSuffix(line, "\r")
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || len(got) != len(want) {
			t.Errorf("%q: %q, want %q", event, got, want)
		}
	})
}

// byteByByte gives its bytes one by one.
type byteByByte struct{ r io.Reader }

func (o byteByByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

func TestResultsStayOnTheirLine(t *testing.T) {
	for _, test := range []struct{ json, plain, want string }{
		{json: "{\n \"a\": [ 1.50,\n\t12345678901234567890 ] }\n", want: `{"a":[1.50,12345678901234567890]}`},
		{json: "{ \"a\" : \"\\ud800 \\n\" }\n", want: "{ \"a\" : \"\\ud800 \\n\" }\n"},
		{json: "no\nJSON", want: "no\nJSON"},
		{plain: "[1,\n2]", want: "[1,\n2]"},
	} {
		got := onOneLine(api.RunEnd{JSON: test.json != ""}, []byte(test.json+test.plain))
		if string(got) != test.want {
			t.Errorf("%q: %q", test.json+test.plain, got)
		}
	}
}

// Lines of several calls do not mix, and each says whose it is.
func TestLogLinesAreWholeAndNumbered(t *testing.T) {
	var stderr bytes.Buffer
	c := newCommandLine(system{stdout: io.Discard, stderr: &stderr})
	b := &batch{c: c, print: newLinePrinter(c)}
	one := &lineOutput{batch: b, line: &line{number: 1}}
	two := &lineOutput{batch: b, line: &line{number: 2}}
	for _, step := range []struct {
		o    *lineOutput
		text string
	}{{one, "be"}, {two, "b\nc"}, {one, "gin\nend"}, {two, strings.Repeat("x", maxPartial)}} {
		if err := step.o.Log(false, []byte(step.text)); err != nil {
			t.Fatal(err)
		}
	}
	one.finish()
	two.finish()
	want := "2: b\n1: begin\n2: c" + strings.Repeat("x", maxPartial) + "\n1: end\n"
	if got := stderr.String(); got != want {
		t.Errorf("%.60q, want %.60q", got, want)
	}
}

func TestBudgetWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := newBudget(ctx, 10)
	b.add(12)
	waited := make(chan bool)
	go func() { waited <- b.wait() }()
	b.add(-1)
	select {
	case <-waited:
		t.Fatal("it did not wait")
	default:
	}
	b.add(-2)
	if !<-waited {
		t.Error("the context has not ended")
	}
	b.add(100)
	go func() { waited <- b.wait() }()
	cancel()
	if <-waited {
		t.Error("it did not hear of the end")
	}
}

// Lines end in any order; those that failed are told in theirs.
func TestFailedLinesAreToldInOrder(t *testing.T) {
	tally := &tally{done: 12, failed: 3, numbers: []int64{10, 2, 9}}
	if got, want := tally.summary(), "3 of 12 lines failed: 2, 9, 10"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
