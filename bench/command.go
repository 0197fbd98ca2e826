package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// command is a program to be run again and again, and what it must print.
type command struct {
	name     string
	home     *home  // where it makes a call; nil: it makes none
	function string // that it calls; empty: none
	argv     []string
	env      []string // nil: this process's own
	want     string   // on stdout, exactly; empty: anything

	stdout, stderr *os.File // files: no copying goroutine takes part in the measurement
}

// sample is one run.
type sample struct {
	start time.Time
	took  time.Duration
	cpu   time.Duration // of the process itself; other than took it hardly depends on who else is busy
}

// label is its name in a table.
func (c *command) label() string {
	if c.function != "" && c.name == c.function {
		return "fn run " + c.function
	}
	return c.name
}

// as gives a call a name other than that of its function.
func (c *command) as(name string) *command {
	c.name = name
	return c
}

// open prepares the command's output files in dir.
func (c *command) open(dir string) (err error) {
	if c.stdout, err = os.CreateTemp(dir, "out-"); err != nil {
		return err
	}
	c.stderr, err = os.CreateTemp(dir, "err-")
	return err
}

func (c *command) close() {
	for _, f := range []*os.File{c.stdout, c.stderr} {
		if f != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}
}

func openAll(dir string, commands []*command) error {
	var failed error
	for _, c := range commands {
		failed = errors.Join(failed, c.open(dir))
	}
	return failed
}

func closeAll(commands []*command) {
	for _, c := range commands {
		c.close()
	}
}

// once runs the command, from before its start until it has ended.
func (c *command) once(ctx context.Context) (sample, error) {
	for _, f := range []*os.File{c.stdout, c.stderr} {
		if err := errors.Join(f.Truncate(0), rewind(f)); err != nil {
			return sample{}, err
		}
	}
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.env, c.stdout, c.stderr
	s := sample{start: time.Now()}
	err := cmd.Run()
	s.took = time.Since(s.start)
	if p := cmd.ProcessState; p != nil {
		s.cpu = p.UserTime() + p.SystemTime()
	}
	if ctx.Err() != nil {
		return s, ctx.Err()
	}
	return s, c.check(err)
}

// check compares what the command did with what it should do.
func (c *command) check(failed error) error {
	if failed == nil && c.want == "" {
		return nil
	}
	got, err := contents(c.stdout)
	if err != nil {
		return err
	}
	if failed == nil && string(got) != c.want {
		failed = fmt.Errorf("printed %q, wanted %q", got, c.want)
	}
	if failed == nil {
		return nil
	}
	complaint, _ := contents(c.stderr)
	return fmt.Errorf("%s: %w\n%s", c.name, failed, bytes.TrimSpace(complaint))
}

func contents(f *os.File) ([]byte, error) {
	if err := rewind(f); err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

func rewind(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}
