package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/sdk/fault"
)

// system is everything outside that a command line touches.
type system struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            []string
	dir            string // working directory
	executable     func() (string, error)
}

// commandLine is one run of fn.
type commandLine struct {
	system
	json     bool // facts and errors as JSON
	manifest string
	noHost   bool
	progress *progress
	signals  *signals

	interrupt context.CancelCauseFunc // ends the command
	host      *client.Client          // made by the first command that needs it
}

func newCommandLine(s system) *commandLine {
	s.stdout = checked{s.stdout}
	return &commandLine{system: s, progress: newProgress(s.stderr, isTerminal(s.stderr)), signals: &signals{}}
}

// main parses args and does what they ask.
func (c *commandLine) main(args []string) error {
	c.json = asksForJSON(args)
	if len(args) > 0 && args[0] == completeName {
		return c.complete(args[1:])
	}
	commands := c.commands()
	p, err := parse(commands, globalFlags(), args)
	if err != nil {
		return err
	}
	if p.help {
		return c.printHelp(commands, p)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	c.interrupt = cancel
	return c.app(p.top(commands)).RunContext(ctx, p.normal())
}

// app is the command line for the library. Help, typos and the order of flags
// are ours, see parse.
func (c *commandLine) app(commands []*cli.Command) *cli.App {
	return &cli.App{
		Name:                      "fn",
		Writer:                    c.stdout,
		ErrWriter:                 c.stderr,
		Commands:                  commands,
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true, // the value of --env A=1,2 is one
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              usageError,
	}
}

// globalFlags are understood before and after every command.
func globalFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "json", Usage: "print facts and errors as JSON"},
		&cli.StringFlag{Name: "manifest", Usage: "use this `FILE` instead of plugins.toml (FN_MANIFEST)"},
		&cli.BoolFlag{Name: "no-host", Usage: "use a host of one's own, for this command only (FN_HOST=off)"},
	}
}

// setGlobals takes over the global flags before an action runs.
func (c *commandLine) setGlobals(cc *cli.Context) error {
	c.json = cc.Bool("json")
	if err := c.setFromEnvironment(); err != nil {
		return err
	}
	c.noHost = c.noHost || cc.Bool("no-host")
	if cc.IsSet("manifest") {
		c.setManifest(cc.String("manifest"))
	}
	return nil
}

// setFromEnvironment takes over what the environment says of the globals.
func (c *commandLine) setFromEnvironment() error {
	switch host := c.getenv("FN_HOST"); host {
	case "", "on":
	case "off":
		c.noHost = true
	default:
		return fault.New(fault.Invalid, "FN_HOST is %q, which is neither on nor off", host).WithHint("unset FN_HOST")
	}
	c.setManifest(c.getenv("FN_MANIFEST"))
	return nil
}

func (c *commandLine) setManifest(path string) {
	c.manifest = path
	if path != "" {
		c.manifest = c.abs(path)
	}
}

func (c *commandLine) getenv(name string) string {
	for i := len(c.env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(c.env[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// abs makes a path that the user typed independent of the working directory.
func (c *commandLine) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.dir, path)
}

func (c *commandLine) dirs() (dirs.Dirs, error) { return dirs.Find(c.getenv) }

// connect returns the client of the host.
func (c *commandLine) connect() (*client.Client, error) {
	if c.host != nil {
		return c.host, nil
	}
	d, err := c.dirs()
	if err != nil {
		return nil, err
	}
	self, err := c.executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "find this executable: %w", err)
	}
	c.host = client.New(client.Options{
		Dirs:       d,
		Build:      api.Identity(c.manifest),
		Env:        c.env,
		Dir:        c.dir,
		HostBinary: filepath.Join(filepath.Dir(self), hostProgram()),
		Manifest:   c.manifest,
		NoHost:     c.noHost,
		Note:       c.noteWait,
		Waits:      func() { c.signals.watch(c.interrupt) },
	})
	return c.host, nil
}

// hostProgram lies beside fn.
func hostProgram() string {
	if runtime.GOOS == "windows" {
		return "fn-host.exe"
	}
	return "fn-host"
}

func (c *commandLine) close() error {
	c.progress.clear()
	if c.host == nil {
		return nil
	}
	return c.host.Close()
}

// ask calls a method of the host.
func ask[Req, Resp any](ctx context.Context, c *commandLine, m api.Method[Req, Resp], req Req) (resp Resp, err error) {
	host, err := c.connect()
	if err != nil {
		return resp, err
	}
	defer c.progress.clear()
	return client.Do(ctx, host, m, req, c.progress)
}

func isTerminal(stream any) bool {
	if out, ok := stream.(checked); ok {
		stream = out.Writer
	}
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
