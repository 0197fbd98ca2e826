package local

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/plugins/local/confine"
	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/sandbox"
)

// The values of the setting "sandbox".
const (
	sandboxAuto     = "auto"
	sandboxRequired = "required"
	sandboxOff      = "off"
)

// confineLimit bounds the search for a sandbox.
const confineLimit = 10 * time.Second

// findSandbox returns a function that looks, once, for the sandbox that workers
// get. It begins at once: only the first worker waits for it.
func (c *Component) findSandbox() func() confine.Found {
	if c.settings.Sandbox == sandboxOff {
		return func() confine.Found { return confine.Off("it is switched off: sandbox = \"off\"") }
	}
	find := sync.OnceValue(func() confine.Found {
		ctx, cancel := context.WithTimeout(context.Background(), confineLimit)
		defer cancel()
		return c.tryConfine(ctx, confine.Config{
			Program: c.Program, Dir: c.cfg.ScratchDir, Hide: c.hidden(), Show: c.shown(),
		})
	})
	go find()
	return find
}

// hidden is what no function has any business in: what this component and the
// host keep, and the sockets and secrets of this machine's sessions.
func (c *Component) hidden() []string {
	return append([]string{c.cfg.StateDir, c.cfg.ScratchDir, "/run", "/var/run"}, c.cfg.PrivateDirs...)
}

// shown is what functions need of what is hidden: programs, packages, and how
// names are resolved, which some systems keep in /run.
func (c *Component) shown() []string {
	shown := append(filepath.SplitList(c.Getenv("PATH")), filepath.Join(c.cfg.StateDir, "packages"))
	if real, err := filepath.EvalSymlinks("/etc/resolv.conf"); err == nil {
		shown = append(shown, filepath.Dir(real))
	}
	return append(shown, "/run/nscd", "/run/systemd/resolve")
}

// sandboxOf returns the sandbox of workers of a kind, or why they must not be.
func (c *Component) sandboxOf(kind launch.Kind) (sandbox.Spec, error) {
	if err := c.sandboxRefused(); err != nil {
		return sandbox.Spec{}, err
	}
	found := c.sandbox()
	if kind.NoNetwork && found.Network != nil {
		return sandbox.Spec{}, sdk.Errorf(sdk.Unimplemented, "it cannot be kept from the network here: %w", found.Network)
	}
	var show []string
	if kind.Interpreter != "" {
		show = append(show, prefix(kind.Interpreter))
		if real, err := filepath.EvalSymlinks(kind.Interpreter); err == nil {
			show = append(show, prefix(real))
		}
	}
	if kind.Interpreter != "" { // whose function it will be is not known yet
		show = append(show, c.packages.store.Dir)
	}
	return found.For(kind.NoNetwork, show...), nil
}

// prefix is where a program is installed with all that belongs to it.
func prefix(program string) string {
	dir := filepath.Dir(program)
	if filepath.Base(dir) == "bin" {
		dir = filepath.Dir(dir)
	}
	return dir
}

// networkNone returns why a function that wants no network cannot run here.
func (c *Component) networkNone(function string) error {
	if why := c.sandbox().Network; why != nil {
		return sdk.Errorf(sdk.Unimplemented, "a process of this machine cannot be kept from the network here: %w", why).
			WithHint("fn update %s --network on    if it may have it; else deploy it --on a component that can", function)
	}
	return nil
}

// sandboxRefused returns why nothing may run, where the sandbox is required.
func (c *Component) sandboxRefused() error {
	if c.settings.Sandbox != sandboxRequired {
		return nil
	}
	found := c.sandbox()
	if found.Why == nil {
		return nil
	}
	return sdk.Errorf(sdk.Unavailable, "the sandbox is required, and functions would run without %s: %w",
		strings.Join(found.Missing, " and "), found.Why).WithHint("fn components show %s", c.cfg.Component)
}

// checkSandbox says what isolates a function and, if not all of it works, why.
func (c *Component) checkSandbox(context.Context) sdk.Check {
	const name = "sandbox"
	found := c.sandbox()
	if err := c.sandboxRefused(); err != nil {
		return failed(name, err.Error(), hintForSandbox(found.Why))
	}
	if found.Spec.None() {
		return sdk.Check{Name: name, State: sdk.CheckSkipped, Hint: hintForSandbox(found.Why),
			Message: "functions run without any: they see your processes, and can write what you can; " + found.Why.Error()}
	}
	check := sdk.Check{Name: name, State: sdk.CheckOK, Message: inForce(found)}
	if found.Why != nil {
		check.Message += "; without " + strings.Join(found.Missing, " and ") + ": " + found.Why.Error()
		check.Hint = hintForSandbox(found.Why)
	}
	return check
}

// inForce lists in words what a sandbox gives.
func inForce(found confine.Found) string {
	var own []string
	for _, part := range []struct {
		there bool
		name  string
	}{
		{found.Spec.Own.PIDs, "processes"},
		{found.Spec.Own.IPC, "ipc"},
		{found.Spec.View.Devices, "devices"},
		{found.Spec.Own.Mounts, "tmp"},
	} {
		if part.there {
			own = append(own, part.name)
		}
	}
	words := "its own " + strings.Join(own, ", ")
	if found.Spec.View.ReadOnly {
		words += "; all other files read-only"
	}
	words += "; no capabilities, and no way to any"
	if found.Network == nil {
		words += "; no network where a function asks for none"
	}
	return words
}

// hintForSandbox names what commonly keeps a user from namespaces.
func hintForSandbox(why error) string {
	if why == nil || strings.Contains(why.Error(), sandboxOff) {
		return ""
	}
	return "sysctl user.max_user_namespaces kernel.unprivileged_userns_clone kernel.apparmor_restrict_unprivileged_userns"
}
