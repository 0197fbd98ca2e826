package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/local/interpreter"
	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/sdk"
)

// leastFree is the room, in bytes, that functions need to start with.
const leastFree = 64 << 20

// Validate starts a worker of each language and makes a call with those that have one to make. All that
// it makes is in the scratch directory, and is gone when it returns.
func (c *Component) Validate(ctx context.Context) (sdk.Validation, error) {
	if runtime.GOOS == "windows" {
		return sdk.Validation{Checks: []sdk.Check{failed("platform",
			"workers need sockets and process groups that windows does not have", "wsl --install    and use fn in there")}}, nil
	}
	all := []func(context.Context) sdk.Check{
		c.checkScratch, c.checkExec, c.checkPython, c.checkForks, c.checkNode, c.checkProvided, c.checkMemory, c.checkSandbox,
	}
	checks := make([]sdk.Check, len(all))
	var group sync.WaitGroup
	for i, check := range all {
		group.Go(func() { checks[i] = check(ctx) })
	}
	group.Wait()
	return sdk.Validation{Checks: checks}, ctx.Err()
}

func failed(name, message, hint string) sdk.Check {
	return sdk.Check{Name: name, State: sdk.CheckFailed, Message: message, Hint: hint}
}

func (c *Component) checkScratch(context.Context) sdk.Check {
	const name = "scratch directory"
	dir := c.cfg.ScratchDir
	probe, err := os.MkdirTemp(dir, "probe-")
	if err != nil {
		return failed(name, "it cannot be written to: "+err.Error(), "ls -ld "+dir)
	}
	defer os.Remove(probe)
	free, err := oneshot.FreeBytes(dir)
	switch {
	case err != nil:
		return failed(name, "its free space is unknown: "+err.Error(), "df "+dir)
	case free < leastFree:
		return failed(name, fmt.Sprintf("only %d MiB are free, %d are needed", free>>20, leastFree>>20), "df -h "+dir)
	}
	return sdk.Check{Name: name, State: sdk.CheckOK, Message: fmt.Sprintf("writable, %d MiB are free", free>>20)}
}

func (c *Component) checkExec(ctx context.Context) sdk.Check {
	const name = "workers"
	if _, err := os.Stat(c.Program); err != nil {
		return failed(name, "the program fn-worker is missing: "+err.Error(),
			"GOBIN="+filepath.Dir(c.Program)+" go install github.com/fnhost/fn/worker/cmd/fn-worker@latest")
	}
	if err := c.probe(ctx, launch.Kind{Language: languageExec}, "run", "#!/bin/sh\nexec cat\n"); err != nil {
		return failed(name, "a call does not work: "+err.Error(), c.Program+" -help")
	}
	return sdk.Check{Name: name, State: sdk.CheckOK, Message: "a process was started and called; " +
		"it runs under your name, with no way to more rights: no boundary against hostile code"}
}

func (c *Component) checkPython(ctx context.Context) sdk.Check {
	return c.checkInterpreter(ctx, languagePython, c.python, pythonFile, pythonEcho)
}

const (
	pythonFile = "handler.py"
	pythonEcho = "def handler(event, context):\n    return event\n"
)

// checkForks fails nothing: a worker that is no fork takes longer to start, and
// is otherwise the same.
func (c *Component) checkForks(ctx context.Context) sdk.Check {
	check := sdk.Check{Name: "forks", State: sdk.CheckSkipped}
	found, err := c.python.Find(ctx)
	if err != nil {
		check.Message = "there is no python to fork"
		return check
	}
	err = c.probeFork(ctx, launch.Kind{Language: languagePython, Interpreter: found.Path}, pythonFile, pythonEcho)
	if err != nil {
		check.Message = "each python worker starts an interpreter of its own, which takes longer: " + err.Error()
		if why := c.sandbox().Why; why != nil {
			check.Message += "; " + why.Error()
			check.Hint = hintForSandbox(why)
		}
		return check
	}
	check.State, check.Message = sdk.CheckOK, "python workers are forked from a template, ready before the call; one was made and called"
	return check
}

func (c *Component) checkNode(ctx context.Context) sdk.Check {
	return c.checkInterpreter(ctx, languageNode, c.node, "index.js", "exports.handler = async (event) => event;\n")
}

// checkInterpreter fails nothing: without the interpreter of one language the
// others work.
func (c *Component) checkInterpreter(ctx context.Context, language string, finder *interpreter.Finder, file, source string) sdk.Check {
	check := sdk.Check{Name: finder.Programs[0], State: sdk.CheckSkipped, Minimum: finder.Minimum}
	found, err := finder.Find(ctx)
	check.Found = found.Version
	if err == nil {
		err = c.probe(ctx, launch.Kind{Language: language, Interpreter: found.Path}, file, source)
	}
	if err != nil {
		check.Message = language + " functions do not run: " + err.Error()
		check.Hint = found.Path + " --version"
		var e *sdk.Error
		if errors.As(err, &e) && e.Hint != "" {
			check.Hint = e.Hint
		}
		return check
	}
	check.State, check.Message = sdk.CheckOK, found.Path+" was started and called"
	return check
}

// checkProvided fails nothing, too. A worker that is ready has asked its own
// Runtime API; there is no function to call that every machine could run.
func (c *Component) checkProvided(ctx context.Context) sdk.Check {
	const name = "provided"
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	w, err := c.launcher.Start(ctx, launch.Kind{Language: languageProvided})
	if err != nil {
		return sdk.Check{Name: name, State: sdk.CheckSkipped, Message: "functions of provided and go do not run: " + oneshot.Failure(err).Error(),
			Hint: "GOBIN=" + filepath.Dir(c.Program) + " go install github.com/fnhost/fn/worker/cmd/fn-worker-provided@latest"}
	}
	w.Stop()
	return sdk.Check{Name: name, State: sdk.CheckOK, Message: "a worker was started, and its Runtime API answers"}
}

// checkMemory says how memory is limited, and whether that works.
func (c *Component) checkMemory(context.Context) sdk.Check {
	const name = "memory limit"
	if !c.Describe().Limits.LimitsMemory {
		return sdk.Check{Name: name, State: sdk.CheckSkipped, Message: "functions can use all memory: " + runtime.GOOS + " cannot limit it"}
	}
	groups, err := c.groups()
	if err != nil {
		return sdk.Check{Name: name, State: sdk.CheckOK,
			Message: "measured 50 times a second and bounded by RLIMIT_DATA; control groups would be exact, but: " + err.Error()}
	}
	return sdk.Check{Name: name, State: sdk.CheckOK, Message: "by the kernel, in control groups (" + groups.Name() + ")"}
}
