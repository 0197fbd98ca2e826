package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/sdk/fault"
)

// parsed is a command line, understood but not run. The library takes flags
// only before arguments; here they may stand anywhere, and a typo is found
// before anything happens.
type parsed struct {
	command *cli.Command // nil: fn itself
	path    []string
	flags   []string // --name or --name=value
	args    []string
	help    bool
}

// normal is the same command line in the order that the library wants.
func (p parsed) normal() []string {
	return slices.Concat([]string{"fn"}, p.path, p.flags, []string{"--"}, p.args)
}

// top is the one command at the root that is meant. The library sets up all it
// is given, which for all of them takes longer than everything else in fn.
func (p parsed) top(commands []*cli.Command) []*cli.Command {
	i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.Name == p.path[0] })
	return commands[i : i+1]
}

// parse finds command, flags and arguments. Everything after "--" is an
// argument, and so is "-".
func parse(commands []*cli.Command, globals []cli.Flag, args []string) (parsed, error) {
	p := parsed{}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			p.args = append(p.args, args...)
			args = nil
		case len(word) > 1 && word[0] == '-':
			var err error
			if args, err = p.flag(globals, word, args); err != nil {
				return p, err
			}
		case p.command == nil && word == "help":
			p.help = true
		default:
			if err := p.word(commands, word); err != nil {
				return p, err
			}
		}
	}
	return p.complete()
}

// word takes a command's name or an argument.
func (p *parsed) word(commands []*cli.Command, word string) error {
	in := commands
	if p.command != nil {
		in = p.command.Subcommands
	}
	if len(p.args) == 0 {
		if i := slices.IndexFunc(in, func(c *cli.Command) bool { return c.Name == word }); i >= 0 {
			p.command, p.path = in[i], append(p.path, word)
			return nil
		}
	}
	if p.command == nil || len(in) > 0 && p.command.ArgsUsage == "" {
		return unknownCommand(p.path, in, word)
	}
	p.args = append(p.args, word)
	return nil
}

// flag takes a flag, and its value from the next word where it needs one.
func (p *parsed) flag(globals []cli.Flag, word string, rest []string) ([]string, error) {
	name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
	switch {
	case name == "help" || name == "h":
		p.help = true
		return rest, nil
	case name == "version" && p.command == nil:
		p.path = append(p.path, name)
		return nil, nil
	}
	known := globals
	if p.command != nil {
		known = append(slices.Clone(globals), p.command.Flags...)
	}
	i := slices.IndexFunc(known, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	if i < 0 {
		return nil, p.unknownFlag(known, word)
	}
	if _, isBool := known[i].(*cli.BoolFlag); !isBool && !hasValue {
		if len(rest) == 0 {
			return nil, p.invalid("--%s needs a value", name)
		}
		value, hasValue, rest = rest[0], true, rest[1:]
	}
	flag := "--" + name
	if hasValue {
		if what := misfit(known[i], value); what != "" {
			return nil, p.invalid("--%s %q: this is %s", name, value, what)
		}
		flag += "=" + value
	}
	p.flags = append(p.flags, flag)
	return rest, nil
}

// misfit says why a value is none for a flag; empty: it is one.
func misfit(flag cli.Flag, value string) string {
	var err error
	var what string
	switch flag.(type) {
	case *cli.BoolFlag:
		what = "neither true nor false"
		_, err = strconv.ParseBool(value)
	case *cli.IntFlag:
		what = "no whole number"
		_, err = strconv.Atoi(value)
	case *cli.Float64Flag:
		what = "no number"
		_, err = strconv.ParseFloat(value, 64)
	}
	if err == nil {
		return ""
	}
	return what
}

// complete checks the number of arguments against the command's usage.
func (p parsed) complete() (parsed, error) {
	if p.command == nil && len(p.path) == 0 || p.command != nil && p.command.Action == nil {
		p.help = true // a group of commands, or fn alone
	}
	if p.help || p.command == nil {
		return p, nil
	}
	usage := strings.Fields(p.command.ArgsUsage)
	for i, word := range usage {
		if i >= len(p.args) && word[0] != '[' {
			return p, p.invalid("%s is missing", word)
		}
	}
	if len(p.args) > len(usage) && !strings.HasSuffix(p.command.ArgsUsage, "...") {
		return p, p.invalid("unexpected argument %q", p.args[len(usage)])
	}
	return p, nil
}

func (p *parsed) name() string { return strings.Join(append([]string{"fn"}, p.path...), " ") }

// invalid is a usage error with the usage as its hint.
func (p *parsed) invalid(format string, args ...any) error {
	e := fault.New(fault.Invalid, format, args...)
	e.Operation = strings.Join(p.path, " ")
	if p.command == nil {
		return e.WithHint("fn help")
	}
	return e.WithHint("%s", strings.TrimSpace(p.name()+" "+p.command.ArgsUsage)+"    (fn help "+strings.Join(p.path, " ")+" tells more)")
}

func unknownCommand(path []string, in []*cli.Command, word string) error {
	var names []string
	for _, c := range in {
		names = append(names, c.Name)
	}
	e := fault.New(fault.Invalid, "there is no command %q", word)
	e.Operation = strings.Join(path, " ")
	name := strings.Join(append([]string{"fn"}, path...), " ")
	if near := fault.Nearest(word, names); near != "" {
		return e.WithHint("%s %s", name, near)
	}
	return e.WithHint("fn help%s", strings.TrimPrefix(name, "fn"))
}

func (p *parsed) unknownFlag(known []cli.Flag, word string) error {
	var names []string
	for _, f := range known {
		names = append(names, "--"+f.Names()[0])
	}
	bare, _, _ := strings.Cut(word, "=")
	e := fault.From(p.invalid("there is no flag %s", bare))
	if near := fault.Nearest(bare, names); near != "" {
		return e.WithHint("%s %s", p.name(), near)
	}
	if isNumber(word) {
		return e.WithHint("to pass it as an argument, put -- before it: %s ... -- %s", p.name(), word)
	}
	return e
}

func isNumber(word string) bool {
	var f float64
	n, err := fmt.Sscanf(word, "%g", &f)
	return n == 1 && err == nil
}

// usageError is what the library finds wrong with a flag's value.
func usageError(cc *cli.Context, err error, _ bool) error {
	e := fault.New(fault.Invalid, "%w", err)
	if cc.Command != nil {
		e.Operation = cc.Command.Name
	}
	return e.WithHint("fn help %s", e.Operation)
}

// asksForJSON looks for --json where the command line may not even be
// understood: its errors are to be JSON too.
func asksForJSON(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, "--json") || slices.Contains(args, "-json") || slices.Contains(args, "--json=true")
}
