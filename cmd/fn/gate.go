package main

import (
	"encoding/json"
	"os"
	"slices"
	"time"

	"github.com/fnhost/fn/host/api"
)

// gate knows which commands some ready component provides. It is what the host
// last wrote down: looking starts no process. A command that is not open is
// hidden from help and completion, and still runs: the host explains.
type gate struct {
	known      bool // the components were checked at least once
	components []gateComponent
}

// gateComponent is as much of api.CachedComponent as is looked at.
type gateComponent struct {
	Name      string    `json:"name"`
	State     string    `json:"state"`
	Provides  []string  `json:"provides"`
	CheckedAt time.Time `json:"checked_at"`
}

// readGate reads components.json; a missing or damaged one is not known.
func (c *commandLine) readGate() gate {
	d, err := c.dirs()
	if err != nil {
		return gate{}
	}
	text, err := os.ReadFile(d.Components())
	if err != nil {
		return gate{}
	}
	var file struct {
		Format     int             `json:"format"`
		Components []gateComponent `json:"components"`
	}
	if json.Unmarshal(text, &file) != nil || file.Format != api.ComponentsFormat {
		return gate{}
	}
	return gate{known: true, components: newest(file.Components)}
}

// newest keeps the last observation of each component, in the file's order.
func newest(all []gateComponent) []gateComponent {
	var kept []gateComponent
	for _, k := range all {
		i := slices.IndexFunc(kept, func(other gateComponent) bool { return other.Name == k.Name })
		switch {
		case i < 0:
			kept = append(kept, k)
		case k.CheckedAt.After(kept[i].CheckedAt):
			kept[i] = k
		}
	}
	return kept
}

// gated tells whether components decide about a command.
func gated(command string) bool { return slices.Contains(api.Verbs(), command) }

// open tells whether a command is to be shown.
func (g gate) open(command string) bool {
	return !g.known || !gated(command) || len(g.providers(command)) > 0
}

// providers are the ready components that provide a command.
func (g gate) providers(command string) []string {
	var names []string
	for _, k := range g.components {
		if k.State == api.ComponentReady && slices.Contains(k.Provides, command) {
			names = append(names, k.Name)
		}
	}
	return names
}

// names are all components.
func (g gate) names() []string {
	var names []string
	for _, k := range g.components {
		names = append(names, k.Name)
	}
	return names
}
