//go:build unix

package host

import (
	"context"
	"os"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// Where a call goes: --on, else the function's own, else the configured
// default, else the first ready component of this machine in manifest order.
func TestWhereACallGoes(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("cloud", "cloud")
	first := l.plugin("first")
	for _, name := range []string{"second", "third", "fourth"} {
		l.plugin(name)
	}
	l.manifest("[cloud]\n[first]\n[second]\n[third]\n[fourth]\n")
	l.open()
	l.function("plain")
	l.functionWith("own", "component = \"second\"\n")

	configure := func(text string) { must(t, os.WriteFile(l.dirs.ConfigFile(), []byte(text), 0o600), "") }
	l.ok(l.run("plain", ""), "first") // a cloud is never taken unasked
	l.ok(l.run("own", ""), "second")
	configure("default = \"third\"\n") // taken live
	l.ok(l.run("plain", ""), "third")
	l.ok(l.run("own", ""), "second")
	l.ok(l.run("own", "fourth"), "fourth")
	l.ok(l.run("plain", "fourth"), "fourth")
	configure("default = \"thirdd\"\n")
	l.failed(l.run("plain", ""), fault.NotFound, "thirdd: run: no such component", "did you mean third?")
	l.ok(l.run("plain", "first"), "first")
	configure("default = 3\n")
	l.failed(l.run("plain", ""), fault.Invalid, "config.toml:1: ", "default must be a string")
	must(t, os.Remove(l.dirs.ConfigFile()), "")
	l.ok(l.run("plain", ""), "first")

	// The order of the manifest decides, also after it was changed by hand.
	l.manifest("[cloud]\n\n[fourth]\n[first]\n[second]\n[third]\n")
	l.ok(l.run("plain", ""), "fourth")
	l.manifest("[cloud]\n\n\n[first]\n[second]\n[third]\n[fourth]\n")
	l.ok(l.run("plain", ""), "first")

	// One that is not ready is passed over, and is back when it is again.
	first.tell("down", "no engine")
	l.check("first")
	l.ok(l.run("plain", ""), "second")
	first.untell("down")
	l.check("first")
	l.ok(l.run("plain", ""), "first")

	// With nothing but a cloud, a call must name it.
	l.manifest("[cloud]\n")
	l.failed(l.run("plain", ""), fault.Unavailable, "no component takes this unasked, cloud would when named", "--on cloud")
}

// A language that the component does not run, and an event that is larger than
// it takes, are refused before it hears of them.
func TestLimitsAreKeptEarly(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("snakes", "languages=python node")
	q := l.plugin("small", "languages=exec")
	l.manifest("[snakes]\n[small]\n")
	l.open()
	l.function("f")
	l.failed(l.run("f", ""), fault.Invalid, "snakes: run: ", "it does not run exec, only [python node]", "--on")
	_, err := l.host.Deploy(context.Background(), l.caller(), api.OnRequest{Name: "f", On: "snakes"}, discard{})
	must(t, err, fault.Invalid, "snakes: deploy: ", "it does not run exec")
	if n := p.count("run") + p.count("deploy"); n != 0 {
		t.Errorf("it heard of it %d times", n)
	}
	fits := l.runWith(context.Background(), api.RunRequest{Name: "f", On: "small"}, string(make([]byte, 1<<10)))
	l.ok(fits, "small")
	if len(fits.result) != 1<<10 {
		t.Errorf("%d bytes came back", len(fits.result))
	}
	over := l.runWith(context.Background(), api.RunRequest{Name: "f", On: "small"}, string(make([]byte, 1<<10+1)))
	l.failed(over, fault.ResourceExhausted, "larger than 1 KiB, ")
	if n := q.count("deploy"); n != 1 {
		t.Errorf("%d deploys", n)
	}
}
