package enginetest

import (
	"os"

	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/sdk/fault"
)

// Client opens the engine of this machine, as the docker command line would.
func Client(t T) *engine.Engine {
	t.Helper()
	return open(t, os.Getenv)
}

func open(t T, env func(string) string) *engine.Engine {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	e, err := engine.Open(t.Context(), env, home)
	if err != nil {
		missing(t, "no Docker engine here: %v (%s)", err, fault.From(err).Hint)
	}
	t.Cleanup(func() { e.Close() })
	return e
}
