package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) runtimeCommand() *cli.Command {
	return &cli.Command{
		Name:  "runtime",
		Usage: "environments that functions run in",
		Subcommands: []*cli.Command{
			{
				Name:      "create",
				Usage:     "make a runtime of a language, or from another runtime",
				ArgsUsage: "NAME",
				Flags: append([]cli.Flag{
					&cli.StringFlag{Name: "language", Usage: "`LANGUAGE`: exec, go, node, provided or python"},
					&cli.StringFlag{Name: "from", Usage: "another `RUNTIME`"},
				}, runtimeFlags()...),
				Action: func(cc *cli.Context) error {
					if !cc.IsSet("language") && !cc.IsSet("from") {
						return fault.New(fault.Invalid, "it needs --language or --from").In("", "runtime create").
							WithHint("fn runtime create %s --language python", shellWord(cc.Args().First()))
					}
					if cc.IsSet("from") && cc.String("from") == "" {
						return fault.New(fault.Invalid, "the name after --from is empty").In("", "runtime create").
							WithHint("fn runtime list")
					}
					if cc.IsSet("requirements") && cc.String("requirements") == "" {
						return fault.New(fault.Invalid, "the path after --requirements is empty").In("", "runtime create").
							WithHint("--requirements FILE, or leave it out")
					}
					r, err := ask(cc.Context, c, api.CreateRuntime, c.runtimeSpec(cc))
					if err != nil {
						return err
					}
					return show(c, r, func(r api.Runtime) error {
						return c.printf("%s created (%s)\n", r.Name, r.Language)
					})
				},
			},
			{
				Name:      "update",
				Usage:     "change a runtime, and look anew what its image is",
				ArgsUsage: "NAME",
				Description: "What is not given stays; an empty value, as in --preload '', takes it back.\n" +
					"Functions of it find the new one with their next call; runtimes that were made\n" +
					"from it stay as they are.",
				Flags:  runtimeFlags(),
				Action: c.updateRuntime,
			},
			{
				Name:  "list",
				Usage: "list runtimes",
				Action: func(cc *cli.Context) error {
					list, err := ask(cc.Context, c, api.ListRuntimes, api.None{})
					if err != nil {
						return err
					}
					return show(c, list, c.printRuntimes)
				},
			},
			{
				Name:      "show",
				Usage:     "show a runtime",
				ArgsUsage: "NAME",
				Action: func(cc *cli.Context) error {
					r, err := ask(cc.Context, c, api.ShowRuntime, api.NameRef{Name: cc.Args().First()})
					if err != nil {
						return err
					}
					return show(c, r, func(r api.Runtime) error {
						return c.facts([2]string{"name", r.Name}, [2]string{"language", r.Language},
							[2]string{"image", r.Image}, [2]string{"from", r.From}, [2]string{"created", origin(r)},
							[2]string{"preload", strings.Join(r.Preload, ", ")}, [2]string{"requirements", indented(r.Requirements)})
					})
				},
			},
			{
				Name:      "delete",
				Usage:     "forget a runtime",
				ArgsUsage: "NAME",
				Action: func(cc *cli.Context) error {
					name := cc.Args().First()
					if _, err := ask(cc.Context, c, api.DeleteRuntime, api.NameRef{Name: name}); err != nil {
						return err
					}
					return c.done(name, "deleted")
				},
			},
		},
	}
}

// runtimeFlags are what of a runtime can be changed.
func runtimeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "image", Usage: "`IMAGE`, for components that run images"},
		&cli.StringFlag{Name: "requirements", Usage: "install what `FILE` names: requirements.txt, package.json"},
		&cli.StringFlag{Name: "preload", Usage: "import `MODULES`, separated by commas, before any code arrives"},
	}
}

func (c *commandLine) updateRuntime(cc *cli.Context) error {
	spec := c.runtimeSpec(cc)
	update := api.RuntimeUpdate{Name: spec.Name, Preload: spec.Preload}
	if cc.IsSet("image") {
		update.Image = &spec.Image
	}
	if cc.IsSet("requirements") {
		update.Requirements = &spec.Requirements
	}
	if cc.IsSet("preload") && cc.String("preload") == "" {
		update.Preload = []string{}
	}
	r, err := ask(cc.Context, c, api.UpdateRuntime, update)
	if err != nil {
		return err
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(c.stderr, "fn: %s\n", c.visible(c.stderr, warning))
	}
	return show(c, r, func(r api.UpdatedRuntime) error {
		return c.printf("%s updated (%s)\n", r.Name, r.Language)
	})
}

// indented puts the lines of a fact below each other.
func indented(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+strings.Repeat(" ", len("requirements  ")))
}

// runtimeSpec is what a command line asks for. The host stands elsewhere, so
// the path of the file is made absolute.
func (c *commandLine) runtimeSpec(cc *cli.Context) api.RuntimeSpec {
	spec := api.RuntimeSpec{
		Name: cc.Args().First(), Language: cc.String("language"), From: cc.String("from"), Image: cc.String("image"),
	}
	if cc.IsSet("preload") {
		for _, module := range strings.Split(cc.String("preload"), ",") {
			spec.Preload = append(spec.Preload, strings.TrimSpace(module))
		}
	}
	if cc.String("requirements") != "" {
		spec.Requirements = c.abs(cc.String("requirements"))
	}
	return spec
}

func (c *commandLine) printRuntimes(list api.RuntimeList) error {
	var rows [][]string
	for _, r := range list.Runtimes {
		rows = append(rows, []string{r.Name, r.Language, origin(r), r.From, r.Image})
	}
	return c.table("no runtimes", []string{"NAME", "LANGUAGE", "CREATED", "FROM", "IMAGE"}, rows)
}

func origin(r api.Runtime) string {
	if r.Builtin {
		return "built in"
	}
	return age(r.CreatedAt.Time)
}
