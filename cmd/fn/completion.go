package main

import (
	"embed"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/sdk/fault"
)

// completions are the scripts, one a shell; they only call completeName.
//
//go:embed completions
var completions embed.FS

func shells() []string { return []string{"bash", "fish", "zsh"} }

func (c *commandLine) completionCommand() *cli.Command {
	return &cli.Command{
		Name:        "completion",
		Usage:       "print the completion script of a shell",
		ArgsUsage:   "bash|zsh|fish",
		Description: "  eval \"$(fn completion bash)\"    in ~/.bashrc\n  eval \"$(fn completion zsh)\"     in ~/.zshrc, after compinit\n  fn completion fish | source      in ~/.config/fish/config.fish",
		Action: func(cc *cli.Context) error {
			shell := cc.Args().First()
			if !slices.Contains(shells(), shell) {
				return fault.New(fault.Invalid, "there is no completion for %q", shell).In("", "completion").
					WithHint("fn completion %s", strings.Join(shells(), "|"))
			}
			script, err := completions.ReadFile("completions/" + shell)
			if err != nil {
				return fault.New(fault.Internal, "%w", err).In("", "completion")
			}
			_, err = c.stdout.Write(script)
			return err
		},
	}
}
