package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) configCommand() *cli.Command {
	return &cli.Command{
		Name:  "config",
		Usage: "show where everything of fn lives, and its settings",
		Description: "--reset removes the manifest, its lock, the settings and all cached state, and\n" +
			"ends the host; the next command makes them anew. Functions are kept unless\n" +
			"--all is given too. Where nobody can be asked it needs --yes.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "reset", Usage: "begin anew with configuration and cached state"},
			&cli.BoolFlag{Name: "all", Usage: "with --reset: forget the functions too"},
			&cli.BoolFlag{Name: "yes", Usage: "do not ask"},
		},
		Action: func(cc *cli.Context) error {
			if cc.Bool("reset") {
				return c.reset(cc)
			}
			if cc.Bool("all") || cc.Bool("yes") {
				return fault.New(fault.Invalid, "--all and --yes belong to --reset").In("", "config").WithHint("fn config --reset --all")
			}
			return c.showConfig(cc.Context)
		},
		Subcommands: []*cli.Command{{
			Name:  "path",
			Usage: "show where the configuration lives",
			Action: func(*cli.Context) error {
				d, err := c.dirs()
				if err != nil {
					return err
				}
				return show(c, map[string]string{"path": d.Config}, func(map[string]string) error {
					return c.printf("%s\n", d.Config)
				})
			},
		}},
	}
}

// configJSON is the JSON of config.
type configJSON struct {
	Config     string `json:"config"`
	Data       string `json:"data"`
	State      string `json:"state"`
	Cache      string `json:"cache"`
	Logs       string `json:"logs"`
	Runtime    string `json:"runtime"`
	Manifest   string `json:"manifest"`
	Lock       string `json:"lock"`
	Settings   string `json:"settings"`
	Database   string `json:"database"`
	Components string `json:"components"`
	Socket     string `json:"socket"`
	HostLog    string `json:"host_log"`

	Default  string `json:"default"` // component; empty: the first ready one on this machine
	IdleExit string `json:"idle_exit"`

	KeepVersions int `json:"keep_versions"`
}

func (c *commandLine) showConfig(ctx context.Context) error {
	d, err := c.dirs()
	if err != nil {
		return err
	}
	manifest := c.manifest
	if manifest == "" {
		manifest = d.Manifest()
	}
	// The host tells what is in force. Where it cannot start, the paths are what
	// is needed to find out why.
	s, settingsErr := ask(ctx, c, api.ShowSettings, api.None{})
	config := configJSON{
		Config: d.Config, Data: d.Data, State: d.State, Cache: d.Cache, Logs: d.Logs, Runtime: d.Runtime,
		Manifest: manifest, Lock: d.Lock(), Settings: d.ConfigFile(), Database: d.Database(),
		Components: d.Components(), Socket: d.Socket(), HostLog: d.HostLog(),
		Default: s.Default, KeepVersions: s.KeepVersions, IdleExit: (time.Duration(s.IdleExitMS) * time.Millisecond).String(),
	}
	if settingsErr != nil {
		config.IdleExit = ""
	}
	err = show(c, config, func(k configJSON) error {
		standard := k.Default
		if standard == "" && settingsErr == nil {
			standard = "the first ready component on this machine"
		}
		return c.facts(
			[2]string{"manifest", k.Manifest}, [2]string{"lock", k.Lock}, [2]string{"settings", k.Settings},
			[2]string{"database", k.Database}, [2]string{"state", k.State}, [2]string{"components", k.Components},
			[2]string{"socket", k.Socket}, [2]string{"host log", k.HostLog},
			[2]string{"default", standard}, [2]string{"idle exit", k.IdleExit},
			[2]string{"keep versions", positive(float64(k.KeepVersions))},
		)
	})
	if err != nil {
		return err
	}
	return settingsErr
}

// reset ends the host and removes what can be made anew; with --all everything.
func (c *commandLine) reset(cc *cli.Context) error {
	d, err := c.dirs()
	if err != nil {
		return err
	}
	all := cc.Bool("all")
	if !cc.Bool("yes") {
		if err := c.confirmReset(d, all); err != nil {
			return err
		}
	}
	host, err := c.connect()
	if err != nil {
		return err
	}
	// Started in between, a host would live on without what it has read.
	err = host.WithoutHost(cc.Context, all, func() error { return removeAll(resetPaths(d, all)) })
	if err != nil {
		return err
	}
	what := "configuration and cached state"
	if all {
		what = "everything"
	}
	return c.done(what, "reset")
}

func removeAll(paths []string) error {
	for _, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			return fault.New(fault.PermissionDenied, "%w", err).In("", "config --reset").WithHint("rm -r %s", shellWord(path))
		}
	}
	return nil
}

// resetPaths never names a directory that a user may keep other things in.
func resetPaths(d dirs.Dirs, all bool) []string {
	paths := []string{d.Manifest(), d.Lock(), d.ConfigFile(), d.Components()}
	if !all {
		return paths
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		paths = append(paths, d.Database()+suffix)
	}
	return append(paths, d.Bundles(), d.ComponentState(""), d.Scratch())
}

// confirmReset asks a person. A script, which cannot be asked, says --yes.
func (c *commandLine) confirmReset(d dirs.Dirs, all bool) error {
	command, what := "config --reset", "configuration and cached state in "+d.Config
	if all {
		command, what = "config --reset --all", "every function and all configuration in "+d.Data+" and "+d.Config
	}
	if !isTerminal(c.stdin) || !isTerminal(c.stderr) {
		return fault.New(fault.Invalid, "this removes %s", what).In("", command).WithHint("fn %s --yes", command)
	}
	question := "Remove " + what + "?"
	fmt.Fprintf(c.stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(c.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, fs.ErrClosed) && answer == "" {
		answer = "n"
	}
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return fault.New(fault.Canceled, "nothing was removed")
	}
	return nil
}
