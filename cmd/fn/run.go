package main

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "run a function",
		ArgsUsage: "NAME [EVENT]",
		Description: "EVENT is JSON text, @FILE, or - for standard input; none means {}.\n" +
			"Standard input is read for - only. The result goes to standard output byte\n" +
			"for byte, what the function prints to standard error.\n\n" +
			"With --json one object is printed whatever the outcome, with the result in it;\n" +
			"results over 64 MiB need the plain form, which streams.\n\n" +
			"  fn run hello '{\"name\": \"Ada\"}'\n" +
			"  fn run wordcount @book.txt\n" +
			"  make report | fn run summarize - > summary.json\n" +
			"  fn run double -- -21\n\n" +
			"With --each-line every line of EVENT is an event of its own call, several at a\n" +
			"time. Results come one a line in the order of the lines; a line that fails leaves\n" +
			"its place empty, is told on standard error, and the rest goes on (exit 1).\n\n" +
			"  fn run slugify - --each-line <titles.jsonl >slugs.jsonl",
		Flags: append([]cli.Flag{
			onFlag(),
			&cli.StringFlag{Name: "timeout", Usage: "end the call after `DURATION`, such as 30s or 2m"},
			&cli.BoolFlag{Name: "raw", Usage: "event and result are bytes, also where the language expects JSON"},
		}, lineFlags()...),
		Action: c.run,
	}
}

func (c *commandLine) run(cc *cli.Context) error {
	var timeout time.Duration
	var err error
	if cc.IsSet("timeout") {
		timeout, err = duration(cc.String("timeout"))
	}
	if err != nil {
		return c.finishRun(failedRun(cc.Args().First(), err), nil)
	}
	req := api.RunRequest{
		Name:      cc.Args().First(),
		On:        cc.String("on"),
		TimeoutMS: timeout.Milliseconds(),
		Raw:       cc.Bool("raw"),
	}
	if cc.Bool("each-line") || cc.IsSet("parallel") {
		return c.runLines(cc, req)
	}
	event, err := c.event(cc.Context, cc.Args().Tail())
	if err != nil {
		return c.finishRun(failedRun(req.Name, err), nil)
	}
	defer event.Close()
	if c.json {
		out := &buffered{plain: c.plainOutput()}
		return c.finishRun(c.call(cc.Context, req, event, out), out.result)
	}
	req.Brief = true
	out := c.plainOutput()
	end := c.call(cc.Context, req, event, out)
	out.finish()
	return c.finishRun(end, nil)
}

// runLines makes a call for each line of the event.
func (c *commandLine) runLines(cc *cli.Context, req api.RunRequest) error {
	switch {
	case !cc.Bool("each-line"):
		return fault.New(fault.Invalid, "--parallel has a meaning only with --each-line")
	case cc.NArg() < 2:
		return fault.New(fault.Invalid, "--each-line needs an EVENT to take the lines of").
			WithHint("fn run %s - --each-line    reads standard input", req.Name)
	}
	many, err := parallel(cc)
	if err != nil {
		return err
	}
	event, err := c.event(cc.Context, cc.Args().Tail())
	if err != nil {
		return err
	}
	defer event.Close()
	return c.eachLine(cc.Context, req, event, many)
}

// call makes the call. What kept it from an end of its own becomes its end.
func (c *commandLine) call(ctx context.Context, req api.RunRequest, event io.Reader, out runOutput) api.RunEnd {
	host, err := c.connect()
	if err != nil {
		return failedRun(req.Name, err)
	}
	defer c.progress.clear()
	end, err := host.Run(ctx, req, event, out)
	if err != nil {
		return failedRun(req.Name, err)
	}
	return end
}

func failedRun(name string, err error) api.RunEnd {
	e := fault.From(err)
	return api.RunEnd{Function: name, Outcome: string(e.Kind), Error: e}
}

// finishRun says how a call ended; with --json on standard output.
func (c *commandLine) finishRun(end api.RunEnd, result []byte) error {
	if !c.json {
		if end.Error == nil {
			return nil
		}
		return end.Error
	}
	if err := c.printRun(end, result); err != nil {
		return err
	}
	if end.Error == nil {
		return nil
	}
	return reported{end.Error}
}

// event opens what the EVENT of a command line stands for.
func (c *commandLine) event(ctx context.Context, args []string) (io.ReadCloser, error) {
	if len(args) == 0 {
		return inMemory{strings.NewReader("{}")}, nil
	}
	arg := args[0]
	switch {
	case arg == "-":
		return io.NopCloser(c.stdin), nil
	case strings.HasPrefix(arg, "@"):
		return c.open(ctx, c.abs(arg[1:]))
	default:
		return inMemory{strings.NewReader(arg)}, nil
	}
}

// open opens the file of an event until ctx ends. A pipe opens when somebody
// writes to it, which may be never.
func (c *commandLine) open(ctx context.Context, path string) (io.ReadCloser, error) {
	c.signals.watch(c.interrupt)
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.Open(path)
		done <- opened{file, err}
	}()
	select {
	case <-ctx.Done():
		return nil, fault.From(context.Cause(ctx))
	case o := <-done:
		if o.err != nil {
			return nil, fault.New(fault.Invalid, "event: %w", o.err)
		}
		return o.file, nil
	}
}

// inMemory is an event that was typed. That it knows its length lets it travel
// with the request.
type inMemory struct{ *strings.Reader }

func (inMemory) Close() error { return nil }

// duration parses a time that a user typed.
func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Millisecond {
		return 0, fault.New(fault.Invalid, "%q is no duration of at least 1ms", text).WithHint("such as 500ms, 30s or 2m")
	}
	return d, nil
}
