package local

import (
	"context"

	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/sdk"
)

// kind is the kind of worker that serves a function.
func (c *Component) kind(ctx context.Context, f sdk.Function) (launch.Kind, error) {
	r, alone := f.Runtime, f.Network == sdk.NetworkNone
	switch r.Language {
	case languageExec, languageProvided:
		return launch.Kind{Language: r.Language, NoNetwork: alone}, nil
	case languagePython:
		found, err := c.python.Find(ctx)
		return launch.Kind{Language: languagePython, Interpreter: found.Path, NoNetwork: alone}, err
	case languageNode:
		found, err := c.node.Find(ctx)
		return launch.Kind{Language: languageNode, Interpreter: found.Path, NoNetwork: alone}, err
	default:
		return launch.Kind{}, sdk.Errorf(sdk.Unimplemented, "the language %q does not run here, only %s, %s, %s and %s",
			r.Language, languageExec, languagePython, languageNode, languageProvided)
	}
}

// check refuses what would fail, or be silently different, in every call.
func (c *Component) check(f sdk.Function) error {
	if err := c.sandboxRefused(); err != nil {
		return err
	}
	if f.Network == sdk.NetworkNone {
		if err := c.networkNone(f.Name); err != nil {
			return err
		}
	}
	return c.cfg.DecodeOptions(f, &struct{}{})
}
