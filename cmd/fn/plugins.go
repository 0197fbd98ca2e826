package main

import (
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) pluginsCommand() *cli.Command {
	return &cli.Command{
		Name:  "plugins",
		Usage: "executables that components are made of, as the manifest names them",
		Subcommands: []*cli.Command{
			{
				Name:      "add",
				Usage:     "add a component to the manifest and lock its executable",
				ArgsUsage: "NAME",
				Flags:     []cli.Flag{&cli.StringFlag{Name: "plugin", Usage: "`PATH`, or a name beside fn or on PATH; fn-plugin-NAME when not given"}},
				Action: func(cc *cli.Context) error {
					spec := api.PluginSpec{Name: cc.Args().First(), Plugin: cc.String("plugin")}
					if strings.ContainsRune(spec.Plugin, '/') || strings.ContainsRune(spec.Plugin, filepath.Separator) {
						spec.Plugin = c.abs(spec.Plugin)
					}
					list, err := ask(cc.Context, c, api.AddPlugin, spec)
					if err != nil {
						return err
					}
					return show(c, list, c.printPlugins)
				},
			},
			{
				Name:      "remove",
				Usage:     "take a component out of the manifest",
				ArgsUsage: "NAME",
				Action: func(cc *cli.Context) error {
					name := cc.Args().First()
					if _, err := ask(cc.Context, c, api.RemovePlugin, api.NameRef{Name: name}); err != nil {
						return err
					}
					return c.done(name, "removed")
				},
			},
			{
				Name:   "list",
				Usage:  "list the manifest and whether its executables are as locked",
				Action: func(cc *cli.Context) error { return c.listPlugins(cc, false) },
			},
			{
				Name:        "verify",
				Usage:       "fail when an executable is missing or not as locked",
				Description: "The exit code is 5 then.",
				Action:      func(cc *cli.Context) error { return c.listPlugins(cc, true) },
			},
			{
				Name:  "lock",
				Usage: "accept the executables as they are now",
				Action: func(cc *cli.Context) error {
					list, err := ask(cc.Context, c, api.LockPlugins, api.None{})
					if err != nil {
						return err
					}
					return show(c, list, c.printPlugins)
				},
			},
		},
	}
}

func (c *commandLine) listPlugins(cc *cli.Context, verify bool) error {
	list, err := ask(cc.Context, c, api.ListPlugins, api.None{})
	if err != nil {
		return err
	}
	if err := show(c, list, c.printPlugins); err != nil || !verify {
		return err
	}
	for _, p := range list.Plugins {
		if p.State != api.PluginOK && p.State != api.PluginBundled {
			return &fault.Error{Kind: fault.Broken, Component: p.Name, Operation: "verify", Message: pluginMessage(p), Hint: p.Hint}
		}
	}
	return nil
}

func pluginMessage(p api.Plugin) string {
	if p.Message != "" {
		return p.Message
	}
	return p.Plugin + " is " + p.State
}

func (c *commandLine) printPlugins(list api.PluginList) error {
	var rows [][]string
	for _, p := range list.Plugins {
		path := p.Path
		if path == "" {
			path = p.Plugin
		}
		rows = append(rows, []string{p.Name, p.State, path, p.Message})
	}
	return c.table("the manifest names no component; fn plugins add NAME adds one", []string{"NAME", "STATE", "PLUGIN", ""}, rows)
}
