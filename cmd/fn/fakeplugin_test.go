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
// process, "images" that it runs images; gc removes
// "litter", and fails with what "stuck" says. Run answers with the event, after the
// image of a function that is one.
func fakePlugin() { sdk.Main(fake{dir: os.Getenv("FAKE_DIR")}) }

type fake struct{ dir string }

func (f fake) told(name string) (string, bool) {
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	return strings.TrimSpace(string(text)), err == nil
}

func (f fake) Describe() sdk.Description {
	_, images := f.told("images")
	return sdk.Description{
		Name: "fake", Version: "1.0.0", Summary: "for scripts", Env: []string{"FAKE_DIR"},
		Limits: sdk.Limits{Languages: []sdk.Language{{Name: "exec"}}, OnThisMachine: true, Logs: sdk.LogsNone, Images: images},
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
	if _, err := io.WriteString(out, inv.Function.Image); err != nil {
		return sdk.Report{}, err
	}
	_, err := io.Copy(out, inv.Event)
	return sdk.Report{Start: sdk.StartCold}, err
}

func (f fake) Stop(context.Context, string) error { return nil }

func (f fake) Status(context.Context, ...string) ([]sdk.FunctionStatus, error) { return nil, nil }

func (f fake) Collect(context.Context, []sdk.Runtime, sdk.Progress) (removed []string, err error) {
	if os.Remove(filepath.Join(f.dir, "litter")) == nil {
		removed = append(removed, "litter")
	}
	if why, ok := f.told("stuck"); ok {
		return removed, sdk.Errorf(sdk.PermissionDenied, "%s", why)
	}
	return removed, nil
}
