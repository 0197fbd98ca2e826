package container

import "testing"

func TestKindsThatLeaveTheNetworkCleanGetHolders(t *testing.T) {
	c, kind := credits{}, Kind{Language: "python", Image: "one"}
	for range 100 {
		c.clean(kind)
		c.alone(kind)
	}
	if !c.good(kind) || len(c) > 0 {
		t.Errorf("%v", c)
	}
	for range 100 { // two of three
		c.dirty(kind)
		c.clean(kind)
		c.clean(kind)
		if !c.good(kind) {
			t.Fatalf("%v", c)
		}
	}
}

func TestKindsThatUseTheNetworkGetNone(t *testing.T) {
	c, kind := credits{}, Kind{Language: "python", Image: "one"}
	tries := 0
	for range 400 {
		if c.good(kind) {
			tries++
			c.dirty(kind)
			continue
		}
		c.alone(kind)
	}
	if tries < 10 || tries > 40 {
		t.Errorf("%d tries", tries)
	}
	if !c.good(Kind{Language: "node"}) {
		t.Error("another kind has none either")
	}
}
