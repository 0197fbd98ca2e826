package main

import "github.com/urfave/cli/v2"

// The groups of help, in its order.
const (
	groupFunctions = "functions"
	groupCalls     = "calls"
	groupPlaces    = "places"
	groupFn        = "fn itself"
)

// commands is the tree of everything that can be typed.
func (c *commandLine) commands() []*cli.Command {
	groups := []struct {
		name     string
		commands []*cli.Command
	}{
		{groupFunctions, []*cli.Command{
			c.initCommand(), c.createCommand(), c.updateCommand(), c.applyCommand(), c.listCommand(), c.showCommand(),
			c.deleteCommand(), c.versionsCommand(), c.rollbackCommand(),
		}},
		{groupCalls, []*cli.Command{
			c.deployCommand(), c.runCommand(), c.stopCommand(), c.statusCommand(), c.removeCommand(), c.logsCommand(),
			c.callsCommand(), c.poolCommand(),
		}},
		{groupPlaces, []*cli.Command{c.componentsCommand(), c.pluginsCommand(), c.runtimeCommand()}},
		{groupFn, []*cli.Command{
			c.configCommand(), c.hostCommand(), c.gcCommand(), c.completionCommand(), c.versionCommand(),
		}},
	}
	var all []*cli.Command
	for _, g := range groups {
		for _, command := range g.commands {
			command.Category = g.name
			all = append(all, command)
		}
	}
	c.finish(all, globalFlags())
	return all
}

// finish gives commands what all have.
func (c *commandLine) finish(commands []*cli.Command, globals []cli.Flag) {
	for _, command := range commands {
		command.HideHelp = true
		command.OnUsageError = usageError
		command.Flags = append(command.Flags, globals...)
		if action := command.Action; action != nil {
			command.Action = func(cc *cli.Context) error {
				if err := c.setGlobals(cc); err != nil {
					return err
				}
				return action(cc)
			}
		}
		c.finish(command.Subcommands, globals)
	}
}

// onFlag chooses the component of a verb.
func onFlag() cli.Flag {
	return &cli.StringFlag{Name: "on", Usage: "use this `COMPONENT`"}
}
