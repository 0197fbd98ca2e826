package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
)

// arguments are what the next argument of a command can be.
func (c *commandLine) arguments(t typed) []string {
	if t.path == "components check" { // the only one that takes several
		return c.readGate().names()
	}
	if t.args > 0 {
		return nil
	}
	switch t.path {
	case "components show", "plugins remove":
		return c.readGate().names()
	case "components why":
		return api.Verbs()
	case "runtime show", "runtime update", "runtime delete":
		return c.runtimes()
	case "completion":
		return shells()
	case "create":
		return nil // a new one
	}
	if !strings.Contains(t.path, " ") && strings.HasPrefix(strings.TrimPrefix(t.command.ArgsUsage, "["), "NAME") {
		return c.functions()
	}
	return nil
}

// flagValues are what the value of a flag can be.
func (c *commandLine) flagValues(t typed) []string {
	switch {
	case t.flag == "on", t.flag == "component":
		return c.readGate().names()
	case t.flag == "runtime" && t.path == "init":
		return slices.Sorted(maps.Keys(handlers()))
	case t.flag == "runtime", t.flag == "from":
		return c.runtimes()
	case t.flag == "network":
		return []string{"on", "none"}
	}
	return nil
}

func (c *commandLine) functions() []string {
	var names []string
	for _, f := range peek(c, api.ListFunctions).Functions {
		names = append(names, f.Name)
	}
	return names
}

func (c *commandLine) runtimes() []string {
	var names []string
	for _, r := range peek(c, api.ListRuntimes).Runtimes {
		names = append(names, r.Name)
	}
	return names
}

// peekLimit is how long somebody who pressed Tab waits for the host.
const peekLimit = 200 * time.Millisecond

// peek asks a host that runs. Where none does, or it is busy, nothing is known.
func peek[Resp any](c *commandLine, m api.Method[api.None, Resp]) (none Resp) {
	if c.setFromEnvironment() != nil {
		return none
	}
	host, err := c.connect()
	if err != nil {
		return none
	}
	ctx, cancel := context.WithTimeout(context.Background(), peekLimit)
	defer cancel()
	resp, err := client.Peek(ctx, host, m, api.None{})
	if err != nil {
		return none
	}
	return resp
}
