package main

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// shortestInterval is how often, at the most, the pool is asked for.
const shortestInterval = 100 * time.Millisecond

func (c *commandLine) poolCommand() *cli.Command {
	return &cli.Command{
		Name:  "pool",
		Usage: "show which workers wait, and why that many",
		Description: "With --watch it goes on until it is interrupted: on a terminal the table is drawn\n" +
			"again, in a pipe each change is a new one (with --json a line).",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "watch", Usage: "go on showing it"},
			&cli.StringFlag{Name: "interval", Usage: "between two looks, such as 500ms", Value: "1s"},
		},
		Action: func(cc *cli.Context) error {
			interval, err := time.ParseDuration(cc.String("interval"))
			if err != nil || interval < shortestInterval {
				return fault.New(fault.Invalid, "--interval %s: a duration of at least %s", cc.String("interval"), shortestInterval)
			}
			if cc.Bool("watch") {
				return c.watchPool(cc.Context, interval)
			}
			list, err := c.pool(cc.Context)
			if err != nil {
				return err
			}
			return show(c, list, c.printPool)
		},
	}
}

// pool asks for the pools there are. A host is not started for it: it would have
// none.
func (c *commandLine) pool(ctx context.Context) (api.PoolList, error) {
	none := api.PoolList{Pools: []api.PoolEntry{}}
	host, err := c.connect()
	if err != nil {
		return none, err
	}
	if state, err := host.HostState(ctx); err != nil || !state.Running {
		return none, err
	}
	return ask(ctx, c, api.Pool, api.None{})
}

// watchPool shows the pool until fn is interrupted.
func (c *commandLine) watchPool(ctx context.Context, interval time.Duration) error {
	c.signals.watch(c.interrupt)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	terminal, last := isTerminal(c.stdout) && !c.json, ""
	for {
		list, err := c.pool(ctx)
		if err != nil {
			return err
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if now := string(text); terminal || now != last {
			last = now
			if err := c.drawPool(list, now, terminal); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func (c *commandLine) drawPool(list api.PoolList, line string, terminal bool) error {
	if c.json {
		return c.printf("%s\n", line)
	}
	if terminal {
		// To the upper left corner, then clear what was below.
		if _, err := c.stdout.Write([]byte("\x1b[H\x1b[J")); err != nil {
			return err
		}
	}
	return c.printPool(list)
}

func (c *commandLine) printPool(list api.PoolList) error {
	var rows [][]string
	for _, p := range list.Pools {
		where := p.Component
		if slices.ContainsFunc(list.Pools, func(q api.PoolEntry) bool { return q.Component == p.Component && q.Process != p.Process }) {
			where += " (pid " + strconv.Itoa(p.Process) + ")" // one for each environment
		}
		hits := "-"
		if p.HitRate >= 0 {
			hits = strconv.Itoa(int(p.HitRate*100+0.5)) + " %"
		}
		rows = append(rows, []string{
			where, p.Runtime, p.Function, strconv.Itoa(p.Warm), strconv.Itoa(p.Starting), strconv.Itoa(p.Running),
			strconv.Itoa(p.Want), hits, milliseconds(p.RefillMS), p.Why,
		})
	}
	return c.table("no pool is running; the first call starts one",
		[]string{"COMPONENT", "RUNTIME", "FUNCTION", "WARM", "STARTING", "RUNNING", "WANT", "HITS", "REFILL", "WHY"}, rows)
}
