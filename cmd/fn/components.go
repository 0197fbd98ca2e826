package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) componentsCommand() *cli.Command {
	return &cli.Command{
		Name:  "components",
		Usage: "places where functions run, and whether they are ready",
		Action: func(cc *cli.Context) error {
			list, err := ask(cc.Context, c, api.ListComponents, api.None{})
			if err != nil {
				return err
			}
			return show(c, list, c.printComponents)
		},
		Subcommands: []*cli.Command{
			{
				Name:        "check",
				Usage:       "validate components now",
				ArgsUsage:   "[NAME]...",
				Description: "With NAMEs the exit code is 4 when one of them is unavailable, 5 when one is broken.",
				Action:      c.checkComponents,
			},
			{
				Name:      "show",
				Usage:     "show all that is known of a component",
				ArgsUsage: "NAME",
				Action:    c.showComponent,
			},
			{
				Name:      "why",
				Usage:     "tell which component provides a command, or would",
				ArgsUsage: "COMMAND",
				Action:    c.why,
			},
		},
	}
}

func (c *commandLine) printComponents(list api.ComponentList) error {
	var rows [][]string
	for _, k := range list.Components {
		rows = append(rows, []string{k.Name, k.State, age(k.CheckedAt.Time), strings.Join(k.Provides, " "), reasonOf(k)})
	}
	return c.table("the manifest names no component; fn plugins add NAME adds one",
		[]string{"NAME", "STATE", "CHECKED", "PROVIDES", ""}, rows)
}

// reasonOf is why a component is not ready and what mends it, on one line.
func reasonOf(k api.Component) string {
	if k.Hint == "" {
		return k.Sentence()
	}
	return k.Sentence() + " (" + k.Hint + ")"
}

func (c *commandLine) checkComponents(cc *cli.Context) error {
	names := cc.Args().Slice()
	list, err := ask(cc.Context, c, api.CheckComponents, api.CheckRequest{Names: names})
	if err != nil {
		return err
	}
	if err := show(c, list, c.printComponents); err != nil || len(names) == 0 {
		return err
	}
	return notReady(list)
}

// notReady is the error of the first broken component, else of the first that
// is not ready.
func notReady(list api.ComponentList) error {
	var worst *fault.Error
	for _, k := range list.Components {
		e := &fault.Error{Kind: fault.Unavailable, Component: k.Name, Operation: "check", Message: k.Reason, Hint: k.Hint}
		switch {
		case k.State == api.ComponentReady:
			continue
		case k.State == api.ComponentBroken:
			e.Kind = fault.Broken
		}
		if e.Message == "" {
			e.Message = k.State
		}
		if worst == nil || e.Kind == fault.Broken && worst.Kind != fault.Broken {
			worst = e
		}
	}
	if worst == nil {
		return nil
	}
	return worst
}

func (c *commandLine) showComponent(cc *cli.Context) error {
	list, err := ask(cc.Context, c, api.ListComponents, api.None{})
	if err != nil {
		return err
	}
	name := cc.Args().First()
	var names []string
	for _, k := range list.Components {
		if k.Name == name {
			return show(c, k, c.printComponent)
		}
		names = append(names, k.Name)
	}
	e := fault.New(fault.NotFound, "the manifest names no component %q", name)
	if near := fault.Nearest(name, names); near != "" {
		return e.WithHint("fn components show %s", near)
	}
	return e.WithHint("fn components")
}

func (c *commandLine) printComponent(k api.Component) error {
	pairs := [][2]string{
		{"name", k.Name}, {"plugin", k.Plugin}, {"summary", k.Summary}, {"version", k.Version},
		{"state", k.State}, {"reason", k.Reason}, {"hint", k.Hint},
		{"provides", strings.Join(k.Provides, " ")}, {"checked", age(k.CheckedAt.Time)},
	}
	if k.Limits != nil {
		for _, l := range k.Limits.Languages {
			pairs = append(pairs, [2]string{"language", l.Name + ": event " + limit(l.MaxEvent) + ", result " + limit(l.MaxResult)})
		}
		if k.Limits.Images {
			pairs = append(pairs, [2]string{"images", "of functions and runtimes are run"})
		}
	}
	for _, check := range k.Checks {
		pairs = append(pairs, [2]string{"check", checkLine(check)})
	}
	return c.facts(pairs...)
}

func limit(bytes int64) string {
	if bytes == 0 {
		return "of any size"
	}
	return "up to " + size(bytes)
}

func checkLine(check api.Check) string {
	line := check.State + " " + check.Name
	if check.Found != "" {
		line += " " + check.Found
	}
	if check.Minimum != "" {
		line += " (at least " + check.Minimum + ")"
	}
	if check.Message != "" {
		line += ": " + check.Message
	}
	if check.Hint != "" {
		line += " (" + check.Hint + ")"
	}
	return line
}

func (c *commandLine) why(cc *cli.Context) error {
	answer, err := ask(cc.Context, c, api.Why, api.WhyRequest{Verb: cc.Args().First()})
	if err != nil {
		return err
	}
	return show(c, answer, func(a api.WhyAnswer) error {
		if err := c.printf("fn %s %s\n", a.Verb, availability(a)); err != nil {
			return err
		}
		if len(a.Components) == 0 {
			return c.printf("  no component is configured\n    hint: %s\n", a.Hint)
		}
		for _, k := range a.Components {
			if err := c.printf("  %s\n", whyLine(a.Verb, k)); err != nil {
				return err
			}
			if k.State != api.ComponentReady && k.Hint != "" {
				if err := c.printf("    hint: %s\n", k.Hint); err != nil {
					return err
				}
			}
		}
		if a.Hint != "" {
			return c.printf("  hint: %s\n", a.Hint)
		}
		return nil
	})
}

func availability(a api.WhyAnswer) string {
	if a.Available {
		return "is available"
	}
	return "is not available: no ready component provides it"
}

func whyLine(verb string, k api.WhyComponent) string {
	switch {
	case k.State == api.ComponentReady && k.ProvidesIt:
		return k.Name + ": ready, provides it"
	case k.State == api.ComponentReady:
		return k.Name + ": ready, but has no " + verb
	case k.ProvidesIt:
		return k.Name + ": would provide it, but is " + k.State + " since " + age(k.Since.Time) + ": " + k.Sentence()
	default:
		return k.Name + ": " + k.State + ": " + k.Sentence()
	}
}
