package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
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
	var fits []string
	for _, word := range c.choices(words[:len(words)-1], last) {
		if strings.HasPrefix(word, last) {
			fits = append(fits, word)
		}
	}
	return fits
}

func (c *commandLine) choices(before []string, last string) []string {
	commands := c.commands()
	t := typedWords(commands, before)
	switch {
	case t.flag != "":
		return c.flagValues(t)
	case strings.HasPrefix(last, "-"):
		return flagNames(t.command)
	case t.command == nil:
		return commandNames(c.readGate(), commands)
	case len(t.command.Subcommands) > 0 && t.args == 0:
		return append(commandNames(gate{}, t.command.Subcommands), c.arguments(t)...)
	default:
		return c.arguments(t)
	}
}

// typed is an unfinished command line: its command, how many arguments stand
// there, and the flag that waits for its value.
type typed struct {
	command *cli.Command // nil: not there yet
	path    string
	args    int
	flag    string
}

func typedWords(commands []*cli.Command, words []string) typed {
	t := typed{}
	for _, word := range words {
		i := slices.IndexFunc(commands, func(k *cli.Command) bool { return k.Name == word })
		switch {
		case t.flag != "":
			t.flag = ""
		case strings.HasPrefix(word, "-"):
			t.flag = awaitsValue(t.command, strings.TrimLeft(word, "-"))
		case i >= 0 && t.args == 0:
			t.command, t.path = commands[i], strings.TrimSpace(t.path+" "+word)
			commands = t.command.Subcommands
		case t.command != nil:
			t.args++
		}
	}
	return t
}

// awaitsValue is name when it is a flag whose value is the next word.
func awaitsValue(command *cli.Command, name string) string {
	for _, f := range flagsOf(command) {
		if _, isBool := f.(*cli.BoolFlag); !isBool && slices.Contains(f.Names(), name) {
			return name
		}
	}
	return ""
}

func flagsOf(command *cli.Command) []cli.Flag {
	if command == nil {
		return globalFlags()
	}
	return command.Flags
}

func flagNames(command *cli.Command) []string {
	names := []string{"--help"}
	for _, f := range flagsOf(command) {
		names = append(names, "--"+f.Names()[0])
	}
	return names
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
