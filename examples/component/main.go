// Fn-plugin-shell runs functions on any machine that a command reaches. It needs
// sh, tar and timeout there and keeps the functions in ~/fn-functions.
package main

import (
	"archive/tar"
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/fnhost/fn/sdk"
)

func main() { sdk.Main(&shell{}) }

type shell struct {
	Reach []string `json:"reach"` // runs its last argument in a shell there: ["ssh", "box"]
}

func (c *shell) Describe() sdk.Description {
	limits := sdk.Limits{Languages: []sdk.Language{{Name: "exec"}}, Logs: sdk.LogsLive}
	return sdk.Description{Name: "shell", Version: "0.1.0", Summary: "functions on any machine with a shell",
		Env: []string{"HOME", "PATH", "SSH_*"}, Limits: limits}
}

func (c *shell) Configure(_ context.Context, config sdk.Config) error {
	if err := config.Decode(c); err != nil || len(c.Reach) > 0 {
		return err
	}
	return sdk.Errorf(sdk.Invalid, "reach is missing").WithHint(`add reach = ["ssh", "HOST"] to [%s.config]`, config.Component)
}

func (c *shell) Validate(ctx context.Context) (sdk.Validation, error) {
	check := sdk.Check{Name: "tools", State: sdk.CheckOK}
	if err := c.there(ctx, nil, nil, nil, `command -v tar && command -v timeout`); err != nil {
		check.State, check.Message = sdk.CheckFailed, "no shell with tar and timeout: "+err.Error()
		check.Hint = strings.Join(c.Reach, " ") + " 'tar --version; timeout 1 true'"
	}
	return sdk.Validation{Checks: []sdk.Check{check}}, nil
}

func (c *shell) Deploy(ctx context.Context, f sdk.Function, progress sdk.Progress) (string, error) {
	code, err := zip.OpenReader(f.Code.Path)
	if err != nil {
		return "", sdk.Errorf(sdk.NotFound, "its code is gone: %w", err)
	}
	defer code.Close()
	files, w := io.Pipe()
	defer files.Close()
	go func() { t := tar.NewWriter(w); w.CloseWithError(errors.Join(t.AddFS(code), t.Close())) }()
	progress("copy", 0, f.Code.Size, "bytes")
	return "~/fn-functions/" + f.Name, c.there(ctx, files, nil, nil, `set -e; new=fn-functions/.new.$$; mkdir -p $new/code
		tar -xf - -C $new/code; echo "$3" >$new/version; [ -x "$new/code/$2" ] || { rm -rf $new; exit 243; }
		rm -rf "fn-functions/$1"; mv $new "fn-functions/$1"`, f.Name, f.Handler, fmt.Sprint(f.Version))
}

func (c *shell) Run(ctx context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
	vars := "export FN=shell" // a line before the event: what is an argument can be seen by all
	for _, v := range inv.Environ() {
		name, value, _ := strings.Cut(v, "=")
		vars += " " + name + "=" + strings.ReplaceAll(quote(value), "\n", `'"$nl"'`)
	}
	in := io.MultiReader(strings.NewReader(vars+"\n"), inv.Event)
	seconds := int((inv.Timeout + time.Second - 1).Seconds())
	return sdk.Report{Start: sdk.StartCold}, c.there(ctx, in, out, sdk.LogWriter(out, sdk.Stderr), `
		cd "fn-functions/$1" && [ "$(cat version)" = "$3" ] || exit 241; [ ! -e stopped ] || exit 242
		nl=$(printf '\n.'); nl=${nl%.}; IFS= read -r vars; eval "$vars"
		cd code && exec timeout -k 1 "$4" "./$2"`, inv.Function.Name, inv.Function.Handler, fmt.Sprint(inv.Function.Version), fmt.Sprint(seconds))
}

func (c *shell) Stop(ctx context.Context, function string) error {
	return c.there(ctx, nil, nil, nil, `cd "fn-functions/$1" && touch stopped || exit 241`, function)
}

func (c *shell) Status(ctx context.Context, functions ...string) (states []sdk.FunctionStatus, err error) {
	var lines strings.Builder
	err = c.there(ctx, nil, &lines, nil, `[ ! -d fn-functions ] || cd fn-functions && { [ $# -gt 0 ] || set -- *; }
		for f do [ ! -e "$f/version" ] || echo "$f" $(cat "$f/version") $([ -e "$f/stopped" ] && echo stopped || echo deployed); done`, functions...)
	for line := range strings.Lines(lines.String()) {
		s := sdk.FunctionStatus{Observed: time.Now()}
		fmt.Sscan(line, &s.Name, &s.Version, &s.State)
		states = append(states, s)
	}
	return states, err
}

// there runs a script in the home directory of the machine with args as $1, $2,
// ... Exit codes of ssh, of timeout and of the scripts above stand for the kinds
// of errors. Where log is nil, any other is a failure of the machine, which has
// said why; else it is the function's.
func (c *shell) there(ctx context.Context, in io.Reader, out, log io.Writer, script string, args ...string) error {
	line := `cd "${HOME:?}" || exit 255; set --`
	for _, arg := range args {
		line += " " + quote(arg)
	}
	reach := append(append([]string{}, c.Reach...), line+"\n"+script)
	cmd := exec.CommandContext(ctx, reach[0], reach[1:]...)
	var said strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &said
	if log != nil {
		cmd.Stderr = log
	}
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(syscall.SIGTERM) }, time.Second
	err := cmd.Run()
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	why := strings.TrimRight(fmt.Sprintf("%s: %v: %s", reach[0], err, said.String()), ": \n")
	failed := sdk.Errorf(sdk.Unavailable, "%s", why)
	known := map[int]error{
		-1: failed, 255: failed,
		124: sdk.Errorf(sdk.Timeout, "it took longer than it may"),
		241: sdk.Errorf(sdk.NotFound, "it is not deployed in this version"),
		242: sdk.Errorf(sdk.Conflict, "it is stopped"),
		243: sdk.Errorf(sdk.Invalid, "its handler is no executable file of the code"),
	}[cmd.ProcessState.ExitCode()]
	switch {
	case known != nil:
		return known
	case log == nil:
		return failed
	default:
		return sdk.Exited(err)
	}
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
