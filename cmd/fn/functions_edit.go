package main

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) createCommand() *cli.Command {
	return &cli.Command{
		Name:      "create",
		Usage:     "make a function from a file or directory",
		ArgsUsage: "NAME [PATH]",
		Description: "PATH is the current directory when not given. Settings come from the flags,\n" +
			"else from the directory's fn.toml, else from the defaults. With --image there is\n" +
			"no code: the function is that image, whose entry point is run.\n\n" +
			"  fn create hello ./hello --runtime python\n" +
			"  fn create thumb --image registry.example.com/thumb:3",
		Flags: settingFlags(),
		Action: func(cc *cli.Context) error {
			path := cc.Args().Get(1)
			if cc.NArg() < 2 && !cc.IsSet("image") {
				path = "."
			}
			return c.edit(cc, api.CreateFunction, path, "created")
		},
	}
}

func (c *commandLine) updateCommand() *cli.Command {
	return &cli.Command{
		Name:        "update",
		Usage:       "make a new version of a function",
		ArgsUsage:   "NAME [PATH]",
		Description: "Without PATH the code stays as it is; settings not given stay too.",
		Flags:       settingFlags(),
		Action: func(cc *cli.Context) error {
			return c.edit(cc, api.UpdateFunction, cc.Args().Get(1), "updated")
		},
	}
}

// settingFlags are the settings of a function.
func settingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "runtime", Usage: "`RUNTIME` to run in, see fn runtime list"},
		&cli.StringFlag{Name: "image", Usage: "`IMAGE` that the function is, in place of code"},
		&cli.StringFlag{Name: "handler", Usage: "entry point, such as handler.handler or run"},
		&cli.StringFlag{Name: "memory", Usage: "limit, such as 256MiB"},
		&cli.StringFlag{Name: "timeout", Usage: "limit of a call, such as 30s"},
		&cli.Float64Flag{Name: "cpus", Usage: "limit, such as 0.5"},
		&cli.StringFlag{Name: "network", Usage: "on or none"},
		&cli.IntFlag{Name: "warm", Usage: "`NUMBER` of workers kept waiting with the function loaded"},
		&cli.StringFlag{Name: "component", Usage: "where it runs when a call does not say"},
		&cli.StringSliceFlag{Name: "env", Usage: "`NAME=VALUE` in its environment; may be repeated"},
	}
}

func (c *commandLine) edit(cc *cli.Context, m api.Method[api.FunctionSpec, api.Function], path, done string) error {
	if err := notEmpty(cc.Args().Tail()); err != nil {
		return err
	}
	spec, err := c.spec(cc, path)
	if err != nil {
		return err
	}
	f, err := ask(cc.Context, c, m, spec)
	if err != nil {
		return err
	}
	return show(c, f, func(f api.Function) error {
		return c.printf("%s %s (version %d, %s)\n", f.Name, done, f.Version, f.Runtime)
	})
}

// notEmpty refuses the path that an unset variable leaves: it does not mean the
// current directory.
func notEmpty(paths []string) error {
	if slices.Contains(paths, "") {
		return fault.New(fault.Invalid, "the path is empty").WithHint(".    is the current directory")
	}
	return nil
}

// spec collects what the command line says of a function.
func (c *commandLine) spec(cc *cli.Context, path string) (api.FunctionSpec, error) {
	given := func(name string) *string {
		if !cc.IsSet(name) {
			return nil
		}
		value := cc.String(name)
		return &value
	}
	spec := api.FunctionSpec{
		Name:      cc.Args().First(),
		Runtime:   given("runtime"),
		Handler:   given("handler"),
		Image:     given("image"),
		Memory:    given("memory"),
		Timeout:   given("timeout"),
		Network:   given("network"),
		Component: given("component"),
	}
	if path != "" {
		spec.Path = c.abs(path)
	}
	if cc.IsSet("cpus") {
		cpus := cc.Float64("cpus")
		if math.IsNaN(cpus) || math.IsInf(cpus, 0) { // JSON has no word for them
			return spec, fault.New(fault.Invalid, "--cpus %v: this is no number of cpus", cpus)
		}
		spec.CPUs = &cpus
	}
	if cc.IsSet("warm") {
		warm := cc.Int("warm")
		spec.Warm = &warm
	}
	for _, entry := range cc.StringSlice("env") {
		name, value, ok := strings.Cut(entry, "=")
		if !ok || name == "" {
			return spec, fault.New(fault.Invalid, "--env %s: this is not NAME=VALUE", entry)
		}
		if !utf8.ValidString(entry) { // JSON would change it
			return spec, fault.New(fault.Invalid, "--env %s: the value is not UTF-8", name)
		}
		if spec.Env == nil {
			spec.Env = map[string]string{}
		}
		spec.Env[name] = value
	}
	return spec, nil
}

func (c *commandLine) applyCommand() *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "create or update functions from their fn.toml, if something changed",
		ArgsUsage: "[DIR]...",
		Action:    c.apply,
	}
}

// appliedList is the JSON of apply.
type appliedList struct {
	Functions []api.Applied `json:"functions"`
}

// apply tries every directory: one that is wrong keeps no other from its place.
// The exit code is that of the first error.
func (c *commandLine) apply(cc *cli.Context) error {
	paths := cc.Args().Slice()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	if err := notEmpty(paths); err != nil {
		return err
	}
	list := appliedList{Functions: []api.Applied{}}
	var failed error
	for _, path := range paths {
		f, err := ask(cc.Context, c, api.ApplyFunction, api.FunctionSpec{Path: c.abs(path)})
		if err == nil {
			list.Functions = append(list.Functions, f)
			continue
		}
		c.printError(fault.From(err))
		if failed == nil {
			failed = reported{err}
		}
		if cc.Context.Err() != nil || !concernsOne(err) {
			break
		}
	}
	if err := c.showApplied(list); err != nil {
		return err
	}
	return failed
}

// concernsOne tells whether an error is one of what was asked for, so that
// another request may fare better.
func concernsOne(err error) bool {
	switch fault.KindOf(err) {
	case fault.Broken, fault.Unavailable, fault.Internal, fault.Canceled:
		return false
	}
	return true
}

func (c *commandLine) showApplied(list appliedList) error {
	return show(c, list, func(list appliedList) error {
		for _, f := range list.Functions {
			if err := c.printf("%s %s (version %d, %s)\n", f.Name, f.Change, f.Version, f.Runtime); err != nil {
				return err
			}
		}
		return nil
	})
}
