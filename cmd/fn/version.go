package main

import (
	"runtime"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
)

// versionJSON is the JSON of version.
type versionJSON struct {
	Version string `json:"version"`
	Build   string `json:"build"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

func (c *commandLine) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "show version and build",
		Action: func(*cli.Context) error {
			v := versionJSON{api.Release(), api.Build(), runtime.Version(), runtime.GOOS, runtime.GOARCH}
			return show(c, v, func(v versionJSON) error {
				return c.printf("fn %s (build %s, %s/%s)\n", v.Version, v.Build, v.OS, v.Arch)
			})
		},
	}
}
