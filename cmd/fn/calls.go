package main

import (
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
)

func (c *commandLine) callsCommand() *cli.Command {
	return &cli.Command{
		Name:      "calls",
		Usage:     "show what ran, how it went and where the time went",
		ArgsUsage: "[NAME]",
		Flags:     []cli.Flag{&cli.IntFlag{Name: "last", Usage: "how `MANY`; 20 when not given"}},
		Action: func(cc *cli.Context) error {
			last, err := count(cc, "last")
			if err != nil {
				return err
			}
			list, err := ask(cc.Context, c, api.ListCalls, api.CallsRequest{Name: cc.Args().First(), Last: last})
			if err != nil {
				return err
			}
			return show(c, list, c.printCalls)
		},
		Subcommands: []*cli.Command{{
			Name:        "show",
			Usage:       "show one call",
			ArgsUsage:   "ID",
			Description: "The beginning of an ID is enough where it is unambiguous.",
			Action: func(cc *cli.Context) error {
				call, err := ask(cc.Context, c, api.ShowCall, api.CallRef{ID: cc.Args().First()})
				if err != nil {
					return err
				}
				return show(c, call, c.printCall)
			},
		}},
	}
}

func (c *commandLine) printCalls(list api.CallList) error {
	var rows [][]string
	for _, r := range list.Calls {
		rows = append(rows, []string{
			r.ID, age(r.Time), r.Function, strconv.Itoa(r.Version), r.Component, r.Start, r.Outcome, milliseconds(r.Phases.Total),
		})
	}
	return c.table("no calls yet", []string{"ID", "WHEN", "FUNCTION", "VERSION", "COMPONENT", "START", "OUTCOME", "TOTAL"}, rows)
}

func (c *commandLine) printCall(r api.CallRecord) error {
	return c.facts(
		[2]string{"id", r.ID},
		[2]string{"time", r.Time.Local().Format(time.DateTime)},
		[2]string{"function", r.Function},
		[2]string{"version", strconv.Itoa(r.Version)},
		[2]string{"component", r.Component},
		[2]string{"start", r.Start},
		[2]string{"outcome", r.Outcome},
		[2]string{"message", r.Message},
		[2]string{"queue", milliseconds(r.Phases.Queue)},
		[2]string{"pool", milliseconds(r.Phases.Pool)},
		[2]string{"inject", milliseconds(r.Phases.Inject)},
		[2]string{"init", milliseconds(r.Phases.Init)},
		[2]string{"call", milliseconds(r.Phases.Call)},
		[2]string{"total", milliseconds(r.Phases.Total)},
	)
}
