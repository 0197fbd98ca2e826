package sdk

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/sdk/internal/protocol"
)

// Main is the whole of a plugin's main function; it does not return. Started by
// a host it serves c; started by a person it answers a few questions:
//
//	fn-plugin-NAME describe [--json]                       what it is and can do
//	fn-plugin-NAME validate [--json] [--config FILE.json]  whether it would work here
//	fn-plugin-NAME version
//
// Validate exits 4 when a check failed, and every command with the code of the
// error's kind. A component that is an io.Closer is closed at the end.
func Main(c Component) {
	if os.Getenv(protocol.CookieKey) == protocol.CookieValue {
		os.Exit(serve(c))
	}
	os.Exit(command(c, os.Args[1:], os.Stdout, os.Stderr))
}

// command answers a person and returns the exit code.
func command(c Component, args []string, stdout, stderr io.Writer) int {
	asked := ""
	if len(args) > 0 {
		asked, args = args[0], args[1:]
	}
	var code int
	var err error
	switch asked {
	case "describe":
		err = describe(c, args, stdout)
	case "validate":
		code, err = validate(c, args, stdout)
	case "version", "--version":
		_, err = fmt.Fprintln(stdout, c.Describe().Version)
	case "help", "--help", "-h":
		_, err = fmt.Fprint(stdout, usage(c))
	case "":
		fmt.Fprint(stderr, usage(c))
		return Invalid.ExitCode()
	default:
		commands := []string{"describe", "validate", "version", "help"}
		e := Errorf(Invalid, "unknown command %q", asked)
		if meant := fault.Nearest(asked, commands); meant != "" {
			err = e.WithHint("did you mean %q?", meant)
		} else {
			fmt.Fprint(stderr, usage(c))
			err = e
		}
	}
	if err == nil {
		return code
	}
	e := fault.From(err).In(c.Describe().Name, "")
	fmt.Fprintln(stderr, e)
	if e.Hint != "" {
		fmt.Fprintln(stderr, "  "+e.Hint)
	}
	return e.Kind.ExitCode()
}

func usage(c Component) string {
	d := c.Describe()
	return fmt.Sprintf(`fn-plugin-%[1]s %[2]s: %[3]s

This is an fn plugin. It is started by fn, after:
  fn plugins add %[1]s

On its own it answers:
  fn-plugin-%[1]s describe [--json]                       what it is and can do
  fn-plugin-%[1]s validate [--json] [--config FILE.json]  whether it would work here
  fn-plugin-%[1]s version
`, d.Name, d.Version, d.Summary)
}

// closeComponent ends what the component started, if it can.
func closeComponent(c Component) error {
	if closer, ok := c.(io.Closer); ok {
		if err := closer.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			return err
		}
	}
	return nil
}
