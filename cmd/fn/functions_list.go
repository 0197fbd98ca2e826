package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) listCommand() *cli.Command {
	return &cli.Command{
		Name:  "list",
		Usage: "list functions",
		Action: func(cc *cli.Context) error {
			list, err := ask(cc.Context, c, api.ListFunctions, api.None{})
			if err != nil {
				return err
			}
			return show(c, list, func(list api.FunctionList) error {
				var rows [][]string
				for _, f := range list.Functions {
					rows = append(rows, []string{f.Name, f.Runtime, strconv.Itoa(f.Version), entry(f.Handler, f.Image), age(f.UpdatedAt)})
				}
				return c.table("no functions; fn init DIR makes a first one", []string{"NAME", "RUNTIME", "VERSION", "HANDLER", "UPDATED"}, rows)
			})
		},
	}
}

func (c *commandLine) showCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show a function, or one version of it",
		ArgsUsage: "NAME [VERSION]",
		Action: func(cc *cli.Context) error {
			ref, err := functionRef(cc)
			if err != nil {
				return err
			}
			f, err := ask(cc.Context, c, api.ShowFunction, ref)
			if err != nil {
				return err
			}
			return show(c, f, c.printFunction)
		},
	}
}

func (c *commandLine) printFunction(f api.FunctionDetail) error {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(f.Env)) {
		env = append(env, name+"="+f.Env[name])
	}
	var deployments []string
	for _, d := range f.Deployments {
		deployments = append(deployments, fmt.Sprintf("%s (%s, version %d)", d.Component, d.State, d.Version))
	}
	code := ""
	if f.Image == "" {
		code = fmt.Sprintf("%s (%s)", f.Digest, size(f.Size))
	}
	return c.facts(
		[2]string{"name", f.Name},
		[2]string{"version", strconv.Itoa(f.Version)},
		[2]string{"updated", f.UpdatedAt.Local().Format(time.DateTime)},
		[2]string{"runtime", f.Runtime},
		[2]string{"language", f.Language},
		[2]string{"handler", f.Handler},
		[2]string{"image", f.Image},
		[2]string{"component", f.Component},
		[2]string{"memory", size(f.Memory)},
		[2]string{"timeout", (time.Duration(f.TimeoutMS) * time.Millisecond).String()},
		[2]string{"cpus", positive(f.CPUs)},
		[2]string{"network", f.Network},
		[2]string{"warm", positive(float64(f.Warm))},
		[2]string{"env", strings.Join(env, " ")},
		[2]string{"secrets", strings.Join(f.Secrets, " ")},
		[2]string{"code", code},
		[2]string{"deployed", strings.Join(deployments, ", ")},
	)
}

// entry is what a call of a function begins with: its handler, or the entry
// point of its image.
func entry(handler, image string) string {
	if image != "" {
		return "image " + image
	}
	return handler
}

// positive is a number that means nothing when it is 0.
func positive(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

func (c *commandLine) deleteCommand() *cli.Command {
	return &cli.Command{
		Name:        "delete",
		Usage:       "forget a function and all its versions",
		ArgsUsage:   "NAME",
		Description: "To take it off a component but keep it: fn remove NAME --on COMPONENT",
		Action: func(cc *cli.Context) error {
			name := cc.Args().First()
			if _, err := ask(cc.Context, c, api.DeleteFunction, api.FunctionRef{Name: name}); err != nil {
				return err
			}
			return c.done(name, "deleted")
		},
	}
}

// doneJSON is the answer of a command that only does something.
type doneJSON struct {
	Name string `json:"name"`
	Done string `json:"done"`
}

func (c *commandLine) done(name, what string) error {
	return show(c, doneJSON{name, what}, func(d doneJSON) error {
		return c.printf("%s %s\n", d.Name, d.Done)
	})
}

func (c *commandLine) versionsCommand() *cli.Command {
	return &cli.Command{
		Name:      "versions",
		Usage:     "list the versions of a function",
		ArgsUsage: "NAME",
		Action: func(cc *cli.Context) error {
			list, err := ask(cc.Context, c, api.ListVersions, api.FunctionRef{Name: cc.Args().First()})
			if err != nil {
				return err
			}
			return show(c, list, func(list api.VersionList) error {
				var rows [][]string
				for _, v := range list.Versions {
					current := ""
					if v.Current {
						current = "current"
					}
					rows = append(rows, []string{strconv.Itoa(v.Version), v.Runtime, entry(v.Handler, v.Image), shortDigest(v.Digest), age(v.CreatedAt), current})
				}
				err := c.table("no versions", []string{"VERSION", "RUNTIME", "HANDLER", "CODE", "CREATED", ""}, rows)
				if err == nil && list.Removed > 0 {
					err = c.printf("%s\n", removedVersions(list.Removed))
				}
				return err
			})
		},
	}
}

func removedVersions(n int) string {
	if n == 1 {
		return "1 older version was removed; keep_versions in config.toml tells how many are kept"
	}
	return fmt.Sprintf("%d older versions were removed; keep_versions in config.toml tells how many are kept", n)
}

func shortDigest(digest string) string {
	hex := strings.TrimPrefix(digest, "sha256:")
	return hex[:min(len(hex), 12)]
}

func (c *commandLine) rollbackCommand() *cli.Command {
	return &cli.Command{
		Name:        "rollback",
		Usage:       "make an older version the current one",
		ArgsUsage:   "NAME [VERSION]",
		Description: "Without VERSION the one before the current. It holds at once here; a cloud\nfollows on the next fn deploy.",
		Action: func(cc *cli.Context) error {
			ref, err := functionRef(cc)
			if err != nil {
				return err
			}
			f, err := ask(cc.Context, c, api.Rollback, ref)
			if err != nil {
				return err
			}
			return show(c, f, func(f api.Function) error {
				return c.printf("%s is at version %d\n", f.Name, f.Version)
			})
		},
	}
}

// functionRef is NAME [VERSION].
func functionRef(cc *cli.Context) (api.FunctionRef, error) {
	ref := api.FunctionRef{Name: cc.Args().First()}
	text := cc.Args().Get(1)
	if text == "" {
		return ref, nil
	}
	version, err := strconv.Atoi(strings.TrimPrefix(text, "v"))
	if err != nil || version < 1 {
		return ref, fault.New(fault.Invalid, "%q is no version", text).WithHint("fn versions %s", ref.Name)
	}
	ref.Version = version
	return ref, nil
}
