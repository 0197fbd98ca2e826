package template

import (
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/fnhost/fn/worker/sandbox"
)

// Config is what a template is made of.
type Config struct {
	Program     string   // the path of fn-worker, which makes the template's sandbox
	Interpreter string   // of python 3, absolute
	Modules     string   // a directory of installed packages; may be empty
	Preload     string   // modules to import before a function is known, separated by commas
	Env         []string // of the workers, NAME=VALUE

	// Scratch is an existing directory: below it are the workers' directories.
	Scratch string
	// Dir, below Scratch, is the template's own. It is made, and removed by Close.
	Dir string
	// Sandbox is that of a worker, without a directory. See Possible.
	Sandbox sandbox.Spec

	// Start and Wait are those of the command; by default its own methods.
	Start, Wait func(*exec.Cmd) error
}

// StartLimit is how long a template may take to be ready.
const StartLimit = 30 * time.Second

func (c *Config) setDefaults() {
	if c.Start == nil {
		c.Start = (*exec.Cmd).Start
	}
	if c.Wait == nil {
		c.Wait = (*exec.Cmd).Wait
	}
}

// Possible tells whether forks can have this sandbox: without process ids of its
// own, a function could reach the template.
func Possible(s sandbox.Spec) bool { return s.Own.Mounts && s.Own.PIDs && s.View.Proc }

// own is the sandbox of the template itself. It can write to all that workers
// can write to, each of them to its own directory alone.
func (c *Config) own() sandbox.Spec {
	view := c.Sandbox.View
	view.Dir, view.Tmp, view.Proc = c.Scratch, "", false
	return sandbox.Spec{Own: sandbox.Namespaces{User: c.Sandbox.Own.User, Mounts: true}, View: view}
}

// place stands for a worker's directory in the plan of its view.
func (c *Config) place() string { return filepath.Join(c.Dir, "worker") }

// plan makes a worker's view out of the template's. place must exist.
func (c *Config) plan() sandbox.Plan {
	view, place := c.Sandbox.View, realOf(c.place())
	view.Hide = nil // but for the other workers, whom its own directory hides, all is hidden already
	view.Dir, view.At, view.Tmp = place, c.Scratch, filepath.Join(place, "tmp")
	view.Devices = false // but for what could be shared with other workers
	// What the template or its component has done already is left out: every call
	// pays for it.
	plan := slices.DeleteFunc(view.Plan(), func(step sandbox.Step) bool {
		return step.Target == "/" || step.Do == "mkdir" && step.Target == view.Tmp
	})
	if c.Sandbox.View.Devices {
		plan = append(plan, ownDevices...)
	}
	return plan
}

// realOf returns a path without links in it, as plans have it.
func realOf(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

const (
	attrReadOnly = 0x1

	msNoSuid = 0x2
	msNoDev  = 0x4
	msNoExec = 0x8
)

var ownDevices = sandbox.Plan{
	{Do: "attr", Target: "/dev", Flags: attrReadOnly},
	{Do: "mount", Source: "tmpfs", Target: "/dev/shm", Type: "tmpfs", Flags: msNoSuid | msNoDev, Data: "size=64m"},
	{Do: "mount", Source: "devpts", Target: "/dev/pts", Type: "devpts", Flags: msNoSuid | msNoExec,
		Data: "newinstance,ptmxmode=0666,mode=0620", Optional: true},
}
