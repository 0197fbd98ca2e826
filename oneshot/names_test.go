package oneshot

import "testing"

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
