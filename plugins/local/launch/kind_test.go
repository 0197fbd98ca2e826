package launch

import "testing"

func TestWhatWorkersDifferBy(t *testing.T) {
	for want, kind := range map[string]Kind{
		"":                                   {Language: "exec"},
		"; without network":                  {Language: "exec", NoNetwork: true},
		"; with packages of the runtime":     {Language: "node", Modules: "/m"},
		"; preloads a, b.c; without network": {Language: "python", Modules: "/m", Preload: "a,b.c", NoNetwork: true},
	} {
		if got := kind.Differs(); got != want {
			t.Errorf("got %q, wanted %q", got, want)
		}
	}
}

func TestWhyWorkersWereReplaced(t *testing.T) {
	kind := Kind{Language: "node", Interpreter: "/a/node", Packages: 1}
	for want, now := range map[string]Kind{
		"replaced: the packages that it sees are gone": {Language: "node", Interpreter: "/a/node", Packages: 2},
		"replaced by another interpreter than /a/node": {Language: "node", Interpreter: "/b/node", Packages: 2},
	} {
		if kind.Lasting() != now.Lasting() {
			t.Errorf("%+v and %+v are not of one sort", kind, now)
		}
		if got := kind.Replaced(now); got != want {
			t.Errorf("got %q, wanted %q", got, want)
		}
	}
}
