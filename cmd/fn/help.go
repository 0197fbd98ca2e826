package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/sdk/fault"
)

// printHelp shows fn's help, or that of one command.
func (c *commandLine) printHelp(commands []*cli.Command, p parsed) error {
	if p.command == nil && len(p.args) > 0 {
		return fault.New(fault.Invalid, "there is no command %q", p.args[0]).WithHint("fn help")
	}
	out := bufio.NewWriter(c.stdout)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	h := helper{w: w, paint: c.paint(c.stdout), gate: c.readGate()}
	if p.command == nil {
		h.root(commands)
	} else {
		h.command(p)
	}
	w.Flush() //nolint:errcheck // an error stays with out
	return out.Flush()
}

// helper writes help.
type helper struct {
	w     io.Writer
	paint painter
	gate  gate
}

func (h helper) line(format string, args ...any) { fmt.Fprintf(h.w, format+"\n", args...) }

// heading is flushed by the empty line before it: columns align per section.
func (h helper) heading(text string) { h.line("\n%s", h.paint.bold(text)) }

func (h helper) root(commands []*cli.Command) {
	h.line("Run functions on this machine and on every other component, behind the same verbs.")
	h.line("\nusage: fn COMMAND [ARGUMENTS] [FLAGS]")
	group := ""
	for _, command := range commands {
		if !h.gate.open(command.Name) {
			continue
		}
		if command.Category != group {
			group = command.Category
			h.heading(group)
		}
		h.entry(command)
	}
	h.flags("flags, before or after every command", globalFlags())
	h.line("\nfn help COMMAND tells more; fn components why COMMAND tells why one is missing.")
}

// entry is one command with what provides it.
func (h helper) entry(command *cli.Command) {
	note := ""
	if gated(command.Name) {
		note = " " + h.paint.dim("("+h.providers(command.Name)+")")
	}
	h.line("  %s\t%s%s", command.Name, command.Usage, note)
}

func (h helper) providers(command string) string {
	names := h.gate.providers(command)
	switch {
	case !h.gate.known:
		return "components not checked yet"
	case len(names) == 0:
		return "no ready component: fn components why " + command
	default:
		return strings.Join(names, ", ")
	}
}

func (h helper) command(p parsed) {
	command := p.command
	arguments := command.ArgsUsage
	if command.Action == nil {
		arguments = "COMMAND"
	}
	h.line("fn %s: %s", strings.Join(p.path, " "), command.Usage)
	h.line("\nusage: %s [FLAGS]", strings.TrimSpace(p.name()+" "+arguments))
	if command.Description != "" {
		h.line("\n%s", command.Description)
	}
	if len(p.path) == 1 && gated(command.Name) {
		h.line("\nprovided by: %s", h.providers(command.Name))
	}
	if len(command.Subcommands) > 0 {
		h.heading("commands")
		for _, sub := range command.Subcommands {
			h.line("  %s\t%s", strings.TrimSpace(sub.Name+" "+sub.ArgsUsage), sub.Usage)
		}
	}
	if own := command.Flags[:len(command.Flags)-len(globalFlags())]; len(own) > 0 {
		h.flags("flags", own)
	}
	h.flags("flags of every command", globalFlags())
}

func (h helper) flags(title string, flags []cli.Flag) {
	h.heading(title)
	for _, f := range flags {
		name, usage := describeFlag(f)
		h.line("  %s\t%s", name, usage)
	}
}

// describeFlag names a flag with its value, which stands in backquotes in the
// usage or is the flag's own name.
func describeFlag(f cli.Flag) (name, usage string) {
	name = "--" + f.Names()[0]
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return name, ""
	}
	usage = doc.GetUsage()
	if _, isBool := f.(*cli.BoolFlag); isBool {
		return name, usage
	}
	value := strings.ToUpper(f.Names()[0])
	if _, rest, ok := strings.Cut(usage, "`"); ok {
		value, _, _ = strings.Cut(rest, "`")
	}
	return name + " " + value, strings.ReplaceAll(usage, "`", "")
}
