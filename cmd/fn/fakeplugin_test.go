package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/sdk"
)

// fakePlugin is fn-plugin-fake: a component for scripts. What FAKE_DIR names is
// a directory by which they tell it, while it runs, how it is: a file "down"
// makes it unavailable, "panics" makes Validate panic, "dies" makes Run end the
// process. Run answers with the event.
func fakePlugin() { sdk.Main(fake{dir: os.Getenv("FAKE_DIR")}) }

type fake struct{ dir string }

func (f fake) told(name string) (string, bool) {
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	return strings.TrimSpace(string(text)), err == nil
}

func (f fake) Describe() sdk.Description {
	return sdk.Description{
		Name: "fake", Version: "1.0.0", Summary: "for scripts", Env: []string{"FAKE_DIR"},
		Limits: sdk.Limits{Languages: []sdk.Language{{Name: "exec"}}, OnThisMachine: true, Logs: sdk.LogsNone},
	}
}

func (f fake) Validate(context.Context) (sdk.Validation, error) {
	if why, ok := f.told("panics"); ok {
		panic(why)
	}
	if why, ok := f.told("down"); ok {
		return sdk.Validation{Checks: []sdk.Check{{Name: "engine", State: sdk.CheckFailed, Message: why, Hint: "rm fake/down"}}}, nil
	}
	return sdk.Validation{Checks: []sdk.Check{{Name: "engine", State: sdk.CheckOK}}}, nil
}

func (f fake) Deploy(context.Context, sdk.Function, sdk.Progress) (string, error) {
	return "", nil
}

func (f fake) Run(_ context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
	if why, ok := f.told("dies"); ok {
		os.Stderr.WriteString(why + "\n")
		os.Exit(3)
	}
	_, err := io.Copy(out, inv.Event)
	return sdk.Report{Start: sdk.StartCold}, err
}

func (f fake) Stop(context.Context, string) error { return nil }

func (f fake) Status(context.Context, ...string) ([]sdk.FunctionStatus, error) { return nil, nil }
