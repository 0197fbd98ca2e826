package local

import (
	"context"
	"testing"

	"github.com/fnhost/fn/plugins/local/launch"
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

func TestNamesAreBounded(t *testing.T) {
	var n names
	for _, name := range []string{"e", "d", "", "c", "d", "d"} {
		n = n.with(name)
	}
	if got := n.String(); got != "c, d, e" {
		t.Error(got)
	}
	before := n
	for _, name := range []string{"b", "a", "e", "a"} {
		n = n.with(name)
	}
	if got := n.String(); got != "a, b, d, e, …" {
		t.Error(got)
	}
	if got := before.String(); got != "c, d, e" {
		t.Error(got)
	}
}

func TestWhatWorkersDifferBy(t *testing.T) {
	for want, kind := range map[string]launch.Kind{
		"":                                   {Language: "exec"},
		"; without network":                  {Language: "exec", NoNetwork: true},
		"; with packages of the runtime":     {Language: "node", Modules: "/m"},
		"; preloads a, b.c; without network": {Language: "python", Modules: "/m", Preload: "a,b.c", NoNetwork: true},
	} {
		if got := differs(kind); got != want {
			t.Errorf("got %q, wanted %q", got, want)
		}
	}
}

func TestWhyWorkersWereReplaced(t *testing.T) {
	p := newPlace(t, `{"warm": 0}`, nil)
	kind := launch.Kind{Language: "node", Interpreter: "/a/node", Packages: 1}
	for _, now := range []struct {
		launch.Kind
		want string
	}{
		{launch.Kind{Language: "node", Interpreter: "/a/node", Packages: 2}, "replaced: the packages that it sees are gone"},
		{launch.Kind{Language: "node", Interpreter: "/b/node", Packages: 2}, "replaced by another interpreter than /a/node"},
	} {
		p.workers.expect(now.Kind, sdk.Function{}, nil)
		if got := p.workers.replaced(kind); got != now.want {
			t.Errorf("got %q, wanted %q", got, now.want)
		}
	}
}
