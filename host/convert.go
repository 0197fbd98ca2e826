package host

import (
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk"
)

// What the registry and the components say, as the API tells it.

func phases(p sdk.Phases) api.Phases {
	return api.Phases{
		Queue: milliseconds(p.Queue), Pool: milliseconds(p.Pool), Inject: milliseconds(p.Inject),
		Init: milliseconds(p.Init), Call: milliseconds(p.Call),
	}
}

func phasesFrom(p api.Phases) registry.Phases {
	return registry.Phases{
		Queue: duration(p.Queue), Pool: duration(p.Pool), Inject: duration(p.Inject),
		Init: duration(p.Init), Call: duration(p.Call), Total: duration(p.Total),
	}
}

func callOf(c registry.Call) api.CallRecord {
	return api.CallRecord{
		ID: c.ID, Time: c.Time, Function: c.Function, Version: c.Version, Component: c.Component,
		Start: c.Start, Outcome: c.Outcome, Message: c.Message,
		Phases: api.Phases{
			Queue: milliseconds(c.Phases.Queue), Pool: milliseconds(c.Phases.Pool), Inject: milliseconds(c.Phases.Inject),
			Init: milliseconds(c.Phases.Init), Call: milliseconds(c.Phases.Call), Total: milliseconds(c.Phases.Total),
		},
	}
}

func runtimeOf(r registry.Runtime) api.Runtime {
	return api.Runtime{
		Name: r.Name, Language: r.Language, Image: r.Image, From: r.From, Builtin: r.Builtin, CreatedAt: api.Time{Time: r.CreatedAt},
		Requirements: r.Requirements, Preload: append([]string{}, r.Preload...),
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func duration(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
