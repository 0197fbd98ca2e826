package main

import (
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) deployCommand() *cli.Command {
	return &cli.Command{
		Name:      "deploy",
		Usage:     "make a function known to a component",
		ArgsUsage: "NAME",
		Flags:     []cli.Flag{onFlag()},
		Action: func(cc *cli.Context) error {
			d, err := ask(cc.Context, c, api.Deploy, onRequest(cc))
			if err != nil {
				return err
			}
			return show(c, d, func(d api.Deployment) error {
				where := d.Component
				if d.Location != "" {
					where += ", " + d.Location
				}
				return c.printf("%s version %d %s (%s)\n", d.Name, d.Version, d.State, where)
			})
		},
	}
}

func (c *commandLine) stopCommand() *cli.Command {
	return &cli.Command{
		Name:        "stop",
		Usage:       "refuse calls of a function until it is deployed again",
		ArgsUsage:   "NAME",
		Description: "Nothing is deleted.",
		Flags:       []cli.Flag{onFlag()},
		Action:      c.on(api.Stop, "stopped"),
	}
}

func (c *commandLine) removeCommand() *cli.Command {
	return &cli.Command{
		Name:        "remove",
		Usage:       "take a function off a component",
		ArgsUsage:   "NAME",
		Description: "The function itself is kept; fn delete forgets it.",
		Flags:       []cli.Flag{onFlag()},
		Action:      c.on(api.Remove, "removed"),
	}
}

// on does something to a function on a component.
func (c *commandLine) on(m api.Method[api.OnRequest, api.None], done string) cli.ActionFunc {
	return func(cc *cli.Context) error {
		req := onRequest(cc)
		if _, err := ask(cc.Context, c, m, req); err != nil {
			return err
		}
		return c.done(req.Name, done)
	}
}

func onRequest(cc *cli.Context) api.OnRequest {
	return api.OnRequest{Name: cc.Args().First(), On: cc.String("on")}
}

func (c *commandLine) statusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "show where functions are deployed, and how they are",
		ArgsUsage: "[NAME]",
		Description: "What was last observed, with its age; --refresh asks the components now. The workers are those of\n" +
			"the function alone: with it loaded, or in a call of it; --json names them.",
		Flags: []cli.Flag{onFlag(), &cli.BoolFlag{Name: "refresh", Usage: "ask the components now"}},
		Action: func(cc *cli.Context) error {
			list, err := ask(cc.Context, c, api.Status, api.StatusRequest{
				Name: cc.Args().First(), On: cc.String("on"), Refresh: cc.Bool("refresh"),
			})
			if err != nil {
				return err
			}
			return show(c, list, c.printStatus)
		},
	}
}

func (c *commandLine) printStatus(list api.StatusList) error {
	var rows [][]string
	for _, d := range list.Functions {
		state := d.State
		if d.Running > 0 {
			state += " (" + strconv.Itoa(d.Running) + ")"
		}
		reason := d.Reason
		if d.Outdated && reason == "" {
			reason = "older than the current version: fn deploy " + d.Name + " --on " + d.Component
		}
		rows = append(rows, []string{d.Name, d.Component, state, strconv.Itoa(d.Version), positive(float64(len(d.Workers))), age(d.ObservedAt), reason})
	}
	return c.table("nothing is deployed", []string{"NAME", "COMPONENT", "STATE", "VERSION", "WORKERS", "OBSERVED", ""}, rows)
}

func (c *commandLine) logsCommand() *cli.Command {
	return &cli.Command{
		Name:      "logs",
		Usage:     "show what a function printed",
		ArgsUsage: "NAME",
		Flags:     []cli.Flag{onFlag(), tailFlag()},
		Action: func(cc *cli.Context) error {
			tail, err := count(cc, "tail")
			if err != nil {
				return err
			}
			list, err := ask(cc.Context, c, api.Logs, api.LogsRequest{Name: cc.Args().First(), On: cc.String("on"), Tail: tail})
			if err != nil {
				return err
			}
			return show(c, list, func(list api.LogList) error {
				for _, l := range list.Lines {
					if err := c.printf("%s %s\n", l.Time.Local().Format(time.DateTime), l.Text); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

func tailFlag() cli.Flag {
	return &cli.IntFlag{Name: "tail", Usage: "only the last `N` lines"}
}

// count is a flag's number of things; 0 where it is not given.
func count(cc *cli.Context, name string) (int, error) {
	n := cc.Int(name)
	if cc.IsSet(name) && n < 1 {
		return 0, fault.New(fault.Invalid, "--%s %d: at least 1", name, n)
	}
	return n, nil
}
