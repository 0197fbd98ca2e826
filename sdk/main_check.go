package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
)

// described is what describe --json prints: the description and the verbs.
type described struct {
	Description
	Provides []string `json:"provides"`
}

func describe(c Component, args []string, stdout io.Writer) error {
	flags := newFlags("describe")
	asJSON := flags.Bool("json", false, "")
	if err := parse(flags, args); err != nil {
		return err
	}
	d := described{Description: c.Describe(), Provides: []string{"deploy", "run", "stop", "status"}}
	if _, ok := c.(Remover); ok {
		d.Provides = append(d.Provides, "remove")
	}
	if _, ok := c.(LogReader); ok {
		d.Provides = append(d.Provides, "logs")
	}
	if _, ok := c.(PoolReporter); ok {
		d.Provides = append(d.Provides, "pool")
	}
	if _, ok := c.(Preparer); ok {
		d.Provides = append(d.Provides, "prepare")
	}
	if *asJSON {
		return printJSON(stdout, d)
	}
	languages := make([]string, len(d.Limits.Languages))
	for i, l := range d.Limits.Languages {
		languages[i] = l.Name
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"name", d.Name},
		{"version", d.Version},
		{"summary", d.Summary},
		{"languages", strings.Join(languages, ", ")},
		{"provides", strings.Join(d.Provides, ", ")},
		{"environment", strings.Join(d.Env, ", ")},
		{"on this machine", yes(d.Limits.OnThisMachine)},
		{"logs", string(d.Limits.Logs)},
		{"cancel ends the call", yes(d.Limits.CancelEndsCall)},
		{"stop ends calls", yes(d.Limits.StopEndsCalls)},
		{"limits memory", yes(d.Limits.LimitsMemory)},
		{"keeps versions", yes(d.Limits.KeepsVersions)},
	} {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	return table.Flush()
}

// validate configures the component as a host would, in directories of its own
// that are gone afterwards, and prints its checks.
func validate(c Component, args []string, stdout io.Writer) (code int, err error) {
	flags := newFlags("validate")
	asJSON := flags.Bool("json", false, "")
	file := flags.String("config", "", "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	config := Config{Component: c.Describe().Name, HostID: "validate-" + strconv.Itoa(os.Getpid())}
	if *file != "" {
		if config.Settings, err = os.ReadFile(*file); err != nil {
			return 0, Errorf(Invalid, "%w", err)
		}
	}
	dir, err := os.MkdirTemp("", "fn-validate-")
	if err != nil {
		return 0, Errorf(Unavailable, "%w", err)
	}
	defer func() { err = errors.Join(err, closeComponent(c), os.RemoveAll(dir)) }()
	config.StateDir, config.ScratchDir = filepath.Join(dir, "state"), filepath.Join(dir, "scratch")
	for _, d := range []string{config.StateDir, config.ScratchDir} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return 0, Errorf(Unavailable, "%w", err)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := configure(ctx, c, config); err != nil {
		return 0, err
	}
	v, err := c.Validate(ctx)
	if err != nil {
		return 0, err
	}
	if !v.Ready() {
		code = Unavailable.ExitCode()
	}
	if *asJSON {
		return code, printJSON(stdout, map[string]any{
			"ready":  v.Ready(),
			"checks": append([]Check{}, v.Checks...), // [], never null
		})
	}
	for _, check := range v.Checks {
		printCheck(stdout, check)
	}
	return code, nil
}

func printCheck(w io.Writer, c Check) {
	line := fmt.Sprintf("%-7s  %s", c.State, c.Name)
	if c.Found != "" {
		line += " " + c.Found
	}
	if c.Minimum != "" {
		line += fmt.Sprintf(" (at least %s)", c.Minimum)
	}
	if c.Message != "" {
		line += ": " + c.Message
	}
	fmt.Fprintln(w, line)
	if c.Hint != "" {
		fmt.Fprintln(w, "         "+c.Hint)
	}
}

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return Errorf(Invalid, "%s: %w", flags.Name(), err)
	}
	if flags.NArg() > 0 {
		return Errorf(Invalid, "%s: unexpected argument %q", flags.Name(), flags.Arg(0))
	}
	return nil
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
