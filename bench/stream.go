package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/fnhost/fn/bench/proc"
)

// stream sends much through a function that gives back what it gets. The host
// is a new one, so that its peak is of this call.
func (l *lab) stream(ctx context.Context) ([]*table, error) {
	size := int64(l.mib) << 20
	t := &table{
		name:    "stream",
		title:   fmt.Sprintf("%d MiB through a function that runs cat", l.mib),
		columns: []column{{"seconds", "s", 2}, {"mb_per_second", "MB/s", 0}},
	}
	speed := func(name string, took time.Duration) {
		t.rows = append(t.rows, row{name: name, figures: map[string]float64{
			"seconds": took.Seconds(), "mb_per_second": float64(size) / megabyte / took.Seconds(),
		}})
	}
	bare, err := pump(ctx, exec.CommandContext(ctx, "cat"), size, func(int) {})
	if err != nil {
		return nil, err
	}
	speed("cat itself", bare)

	if err := l.home.stop(ctx); err != nil {
		return nil, err
	}
	if _, err := l.home.do(ctx, "run", catFunction, "first"); err != nil {
		return nil, err
	}
	host, err := l.home.host(ctx)
	if err != nil {
		return nil, err
	}
	fn := exec.CommandContext(ctx, l.home.fn, "run", catFunction, "-")
	fn.Env = l.home.env
	watch := newPeaks(host.PID)
	took, err := pump(ctx, fn, size, watch.start)
	peaks := watch.stop()
	if err != nil {
		return []*table{t}, err
	}
	speed("fn run cat -", took)
	if !proc.Supported {
		t.notes = append(t.notes, "memory is not measured: it takes Linux's /proc")
		return []*table{t}, nil
	}
	return []*table{t, peaks}, nil
}

// pump feeds size bytes to the command, checks that the same come back, and
// returns how long that took.
func pump(ctx context.Context, cmd *exec.Cmd, size int64, started func(pid int)) (time.Duration, error) {
	pattern := make([]byte, 1<<20)
	for i := range pattern {
		pattern[i] = byte(i * 7 >> 3)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	started(cmd.Process.Pid)
	go func() {
		defer in.Close()
		for left := size; left > 0; left -= int64(len(pattern)) {
			if _, err := in.Write(pattern); err != nil {
				return
			}
		}
	}()
	same := compare(out, pattern, size)
	out.Close() // ends a command that has more to say
	err = cmd.Wait()
	took := time.Since(began)
	if err != nil {
		err = fmt.Errorf("%v: %w\n%s", cmd.Args, err, bytes.TrimSpace(complaint.Bytes()))
	}
	return took, errors.Join(err, same)
}

// compare reads r, which must be pattern again and again, size bytes in all.
func compare(r io.Reader, pattern []byte, size int64) error {
	buf := make([]byte, 256<<10)
	at := int64(0)
	for {
		n, err := r.Read(buf)
		for rest := buf[:n]; len(rest) > 0; {
			want := pattern[at%int64(len(pattern)):]
			part := min(len(want), len(rest))
			if !bytes.Equal(rest[:part], want[:part]) {
				return fmt.Errorf("what came back differs after byte %d", at)
			}
			rest, at = rest[part:], at+int64(part)
		}
		switch {
		case err == io.EOF && at == size:
			return nil
		case err == io.EOF:
			return fmt.Errorf("%d bytes came back, %d were sent", at, size)
		case err != nil:
			return err
		}
	}
}
