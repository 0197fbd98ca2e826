package local

import (
	"context"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// Runtimes that differ have workers of their own, and the pool tells them apart.
func TestPoolNamesRuntimes(t *testing.T) {
	p := newPlace(t, `{"warm": 0}`, nil)
	needsPython(t, p)
	const source = "def handler(event, context):\n    return 1\n"
	plain := p.deployed("plain", languagePython, source)
	alias := plain
	alias.Name, alias.Runtime.Name = "alias", "another"
	p.deploy(alias)
	quick := sdk.Runtime{Name: "quick", Language: languagePython, Preload: []string{"decimal", "uuid"}}
	if err := p.PrepareRuntime(context.Background(), quick, func(string, int64, int64, string) {}); err != nil {
		t.Fatal(err)
	}
	pinned := plain
	pinned.Name, pinned.Warm, pinned.Runtime = "pinned", 1, quick
	p.deploy(pinned)
	entries, err := p.Pool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const settings = "warm = 0 in the settings"
	want := [][3]string{
		{"another, python", "", settings},
		{"quick", "", settings + "; preloads decimal, uuid"},
		{"quick", "pinned", "pinned by warm = 1 in fn.toml; preloads decimal, uuid"},
	}
	if len(entries) != len(want) {
		t.Fatalf("%+v", entries)
	}
	for i, e := range entries {
		if got := [3]string{e.Runtime, e.Function, e.Why}; got != want[i] {
			t.Errorf("got %q, wanted %q", got, want[i])
		}
	}
}
