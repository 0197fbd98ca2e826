package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) hostCommand() *cli.Command {
	return &cli.Command{
		Name:        "host",
		Usage:       "the background process behind fn",
		Description: "It starts by itself with the first command that needs it, and ends by itself\nwhen it was idle for a while.",
		Subcommands: []*cli.Command{
			{Name: "start", Usage: "start it now", Action: c.startHost},
			{
				Name:   "stop",
				Usage:  "end it when its calls are done",
				Flags:  []cli.Flag{&cli.BoolFlag{Name: "now", Usage: "cancel its calls instead"}},
				Action: func(cc *cli.Context) error { return c.stopHost(cc.Context, cc.Bool("now")) },
			},
			{Name: "status", Usage: "show whether it runs, and since when", Action: c.hostStatus},
			{Name: "logs", Usage: "show its log", Flags: []cli.Flag{tailFlag()}, Action: c.hostLogs},
		},
	}
}

func (c *commandLine) startHost(cc *cli.Context) error {
	// The status is told to callers of every build; this makes sure of ours.
	if _, err := ask(cc.Context, c, api.ListRuntimes, api.None{}); err != nil {
		return err
	}
	return c.hostStatus(cc)
}

func (c *commandLine) stopHost(ctx context.Context, now bool) error {
	host, err := c.connect()
	if err != nil {
		return err
	}
	stopped, err := host.StopHost(ctx, now)
	if err != nil {
		return err
	}
	if !stopped {
		return c.done("host", "was not running")
	}
	return c.done("host", "stopped")
}

func (c *commandLine) hostStatus(cc *cli.Context) error {
	host, err := c.connect()
	if err != nil {
		return err
	}
	state, err := host.HostState(cc.Context)
	if err != nil {
		return err
	}
	return show(c, state, func(s api.HostState) error {
		if !s.Running {
			return c.printf("host is not running\n")
		}
		return c.facts(
			[2]string{"host", "running"}, [2]string{"pid", strconv.Itoa(s.PID)}, [2]string{"version", s.Version},
			[2]string{"build", s.Build}, [2]string{"since", age(s.Since.Time)}, [2]string{"calls", strconv.Itoa(s.Calls)},
			[2]string{"plugins", strconv.Itoa(s.Plugins)},
		)
	})
}

// hostLogs reads the log itself: it is there also when the host is not.
func (c *commandLine) hostLogs(cc *cli.Context) error {
	tail, err := count(cc, "tail")
	if err != nil {
		return err
	}
	d, err := c.dirs()
	if err != nil {
		return err
	}
	file, err := os.Open(d.HostLog())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was logged yet
	}
	if err != nil {
		return fault.New(fault.PermissionDenied, "%w", err).In("host", "logs")
	}
	defer file.Close()
	lines, err := lastLines(file, tail)
	if err != nil {
		return fault.New(fault.Internal, "%w", err).In("host", "logs")
	}
	return show(c, map[string][]string{"lines": lines}, func(map[string][]string) error {
		for _, line := range lines {
			if err := c.printf("%s\n", line); err != nil {
				return err
			}
		}
		return nil
	})
}

// lastLines are the last n lines of r; 0 means all.
func lastLines(r io.Reader, n int) ([]string, error) {
	lines := []string{}
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
		if n > 0 && len(lines) > 2*n {
			lines = append(lines[:0], lines[len(lines)-n:]...)
		}
	}
	if n > 0 && len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return lines, scanner.Err()
}

func (c *commandLine) gcCommand() *cli.Command {
	return &cli.Command{
		Name:        "gc",
		Usage:       "remove what crashed runs left behind",
		Description: "Removed are the directories and sockets of killed hosts and plugins, code that no\nversion has, and what each component finds of its own.",
		Action: func(cc *cli.Context) error {
			garbage, err := ask(cc.Context, c, api.CollectGarbage, api.None{})
			if err != nil {
				return err
			}
			if err := show(c, garbage, c.printGarbage); err != nil {
				return err
			}
			var failed error // the exit code is that of the first
			for _, e := range garbage.Failed {
				c.printError(e)
				if failed == nil {
					failed = reported{e}
				}
			}
			return failed
		},
	}
}

func (c *commandLine) printGarbage(g api.Garbage) error {
	if len(g.Removed) == 0 && len(g.Failed) == 0 {
		return c.printf("nothing to remove\n")
	}
	for _, line := range g.Removed {
		if err := c.printf("removed %s\n", line); err != nil {
			return err
		}
	}
	return nil
}
