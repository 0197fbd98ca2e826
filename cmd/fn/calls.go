package main

import (
	"fmt"
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
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "last", Usage: "how `MANY`; 20 when not given"},
			&cli.BoolFlag{Name: "failed", Usage: "only those that did not succeed"},
		},
		Action: func(cc *cli.Context) error {
			last, err := count(cc, "last")
			if err != nil {
				return err
			}
			list, err := ask(cc.Context, c, api.ListCalls, api.CallsRequest{Name: cc.Args().First(), Last: last, Failed: cc.Bool("failed")})
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

// printCall tells a call and where its time went.
func (c *commandLine) printCall(r api.CallRecord) error {
	p, total := r.Phases, r.Phases.Total
	rest := total - p.Queue - p.Pool - p.Inject - p.Init - p.Call
	part := func(name string, ms float64, what string) [2]string {
		share := 0.0
		if total > 0 {
			share = 100 * ms / total
		}
		return [2]string{name, fmt.Sprintf("%13s %3.0f %%  %s", milliseconds(ms), share, what)}
	}
	return c.facts(
		[2]string{"id", r.ID},
		[2]string{"time", r.Time.Local().Format(time.DateTime)},
		[2]string{"function", r.Function},
		[2]string{"version", strconv.Itoa(r.Version)},
		[2]string{"component", r.Component},
		[2]string{"start", r.Start},
		[2]string{"outcome", r.Outcome},
		[2]string{"message", r.Message},
		part("queue", r.Phases.Queue, "waiting for a turn"),
		part("pool", r.Phases.Pool, "getting a worker"),
		part("inject", r.Phases.Inject, "handing it the code"),
		part("init", r.Phases.Init, "loading the code"),
		part("call", r.Phases.Call, "event in, result out"),
		part("rest", max(rest, 0), "finding function and component, deploying, passing on"),
		[2]string{"total", fmt.Sprintf("%13s", milliseconds(total))},
	)
}
