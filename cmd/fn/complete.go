package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
)

// completeName is the command that the completion scripts call: with the words
// of the command line so far, the one to complete last. It starts no process
// and opens no database.
const completeName = "__complete"

func (c *commandLine) complete(words []string) error {
	for _, word := range c.candidates(words) {
		if err := c.printf("%s\n", word); err != nil {
			return err
		}
	}
	return nil
}

// candidates are what the last word can become.
func (c *commandLine) candidates(words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	before := words[:len(words)-1]
	var fits []string
	for _, word := range c.choices(before, last) {
		if strings.HasPrefix(word, last) {
			fits = append(fits, word)
		}
	}
	return fits
}

func (c *commandLine) choices(before []string, last string) []string {
	g := c.readGate()
	commands := c.commands()
	if len(before) > 0 && before[len(before)-1] == "--on" {
		return g.names()
	}
	var command *cli.Command
	in := commands
	for _, word := range before {
		if i := slices.IndexFunc(in, func(k *cli.Command) bool { return k.Name == word }); i >= 0 {
			command = in[i]
			in = command.Subcommands
		}
	}
	switch {
	case strings.HasPrefix(last, "-"):
		return flagNames(command)
	case command == nil:
		return commandNames(g, commands)
	}
	switch command.Name {
	case "why":
		return api.Verbs()
	case "check", "show":
		if slices.Contains(before, "components") {
			return g.names()
		}
	case "completion":
		return shells()
	}
	return commandNames(gate{}, in)
}

func commandNames(g gate, commands []*cli.Command) []string {
	var names []string
	for _, k := range commands {
		if g.open(k.Name) {
			names = append(names, k.Name)
		}
	}
	return names
}

func flagNames(command *cli.Command) []string {
	flags := globalFlags()
	if command != nil {
		flags = command.Flags
	}
	names := []string{"--help"}
	for _, f := range flags {
		names = append(names, "--"+f.Names()[0])
	}
	return names
}
