package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are how much is measured.
type options struct {
	bin      string
	n        int
	cold     int
	calls    int
	parallel int
	lines    int
	mib      int
	gap      time.Duration
	long     time.Duration
	only     string
	json     string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.bin, "bin", "bin", "the `directory` of the executables to measure")
	flags.IntVar(&o.n, "n", 200, "runs of each short command")
	flags.IntVar(&o.cold, "cold", 10, "cold starts")
	flags.IntVar(&o.calls, "calls", 10_000, "calls of the long run")
	flags.IntVar(&o.parallel, "parallel", 4, "calls at once in the long run")
	flags.IntVar(&o.lines, "lines", 400, "lines of a batch")
	flags.IntVar(&o.mib, "mib", 1024, "`MiB` through cat")
	flags.DurationVar(&o.gap, "gap", 30*time.Millisecond, "idle before each spaced call, in which the pool refills")
	flags.DurationVar(&o.long, "long", time.Second, "how long a long call takes")
	flags.StringVar(&o.only, "only", "", "measure only these, of "+strings.Join(measurementNames(), ","))
	flags.StringVar(&o.json, "json", "", "write all figures to this `file`")
	quick := flags.Bool("quick", false, "-n 20 -cold 3 -calls 500 -lines 100 -mib 128, where they are not given")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if *quick {
		given := map[string]bool{}
		flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
		for name, value := range map[string]string{"n": "20", "cold": "3", "calls": "500", "lines": "100", "mib": "128"} {
			if !given[name] {
				flags.Set(name, value)
			}
		}
	}
	if o.n < 1 || o.cold < 1 || o.calls < 1 || o.parallel < 1 || o.lines < 1 || o.mib < 1 {
		return o, errors.New("every number must be at least 1")
	}
	for name := range strings.SplitSeq(o.only, ",") {
		if o.only != "" && !slices.Contains(measurementNames(), name) {
			return o, fmt.Errorf("-only %q: there are %s", name, strings.Join(measurementNames(), ", "))
		}
	}
	return o, nil
}

// measurement is one part of the whole. Each finds the host running and leaves
// it so. -only takes all of one name.
type measurement struct {
	name string
	take func(*lab, context.Context) ([]*table, error)
}

func measurements() []measurement {
	return []measurement{
		{"start", (*lab).start},
		{"warm", (*lab).warm},
		{"languages", (*lab).languages},
		{"burst", (*lab).burst},
		{"specialised", (*lab).specialised},
		{"preloaded", (*lab).preloaded},
		{"lines", (*lab).batch},
		{"workers", (*lab).workers},
		{"stream", (*lab).stream},
		{"many", (*lab).many},
		{"cold", (*lab).coldStarts},
		{"docker", inContainers((*lab).containerCalls)},
		{"docker", inContainers((*lab).amongRefills)},
		{"docker", inContainers((*lab).oneShot)},
		{"docker", inContainers((*lab).queued)},
		{"claims", inContainers((*lab).bestAndWorst)},
		{"claims", inContainers((*lab).longCalls)},
		{"claims", inContainers((*lab).rotating)},
		{"claims", inContainers((*lab).saturated)},
	}
}

func measurementNames() []string {
	var names []string
	for _, m := range measurements() {
		names = append(names, m.name)
	}
	return slices.Compact(names)
}

// report is what -json writes.
type report struct {
	Machine machine  `json:"machine"`
	Tables  []*table `json:"tables"`
	Seconds float64  `json:"seconds"`
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	began := time.Now()
	l, err := newLab(ctx, o)
	if err != nil {
		return err
	}
	defer func() { l.close() }() // measurements add to it
	var r report
	if r.Machine, err = l.describe(ctx); err != nil {
		return err
	}
	r.Machine.print(stdout)
	var failed error
	for _, m := range measurements() {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), m.name) {
			continue
		}
		tables, err := m.take(l, ctx)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", m.name, err))
		}
		for _, t := range tables {
			t.print(stdout)
		}
		r.Tables = append(r.Tables, tables...)
	}
	r.Seconds = time.Since(began).Seconds()
	fmt.Fprintf(stdout, "\ntook %.0f s\n", r.Seconds)
	return errors.Join(failed, r.write(o.json))
}

func (r report) write(path string) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
