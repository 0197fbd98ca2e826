//go:build unix

package host

import (
	"context"
	"slices"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// A function that is an image, and one of a runtime that names one, go to the
// first component of this machine that runs images; others refuse them early
// and name those that could.
func TestWhereImagesGo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	plain, box := l.plugin("plain"), l.plugin("box", "images")
	l.manifest("[plain]\n[box]\n")
	l.open()
	image, ctx := "img:1", context.Background()
	_, err := l.host.CreateFunction(ctx, l.caller(), api.FunctionSpec{Name: "f", Image: &image}, discard{})
	must(t, err, "")
	_, err = l.host.CreateRuntime(ctx, l.caller(), api.RuntimeSpec{Name: "r", Language: "exec", Image: image}, discard{})
	must(t, err, "")
	l.functionWith("g", "runtime = \"r\"\n")

	for _, name := range []string{"f", "g"} {
		l.ok(l.run(name, ""), "box")
		l.ok(l.run(name, "box"), "box")
		l.failed(l.run(name, "plain"), fault.Unimplemented, "plain: run: it runs no images, but box does", "--on box")
		_, err = l.host.Deploy(ctx, l.caller(), api.OnRequest{Name: name, On: "plain"}, discard{})
		must(t, err, fault.Unimplemented, "plain: deploy: it runs no images", "--on box")
	}
	if n := plain.count("deploy") + plain.count("run"); n != 0 {
		t.Errorf("plain heard of them %d times", n)
	}
	if !slices.Contains(box.calls(), "image img:1 code \"\"") {
		t.Errorf("box was asked for %q", box.calls())
	}
	_, err = l.host.Stop(ctx, l.caller(), api.OnRequest{Name: "f"}, discard{})
	must(t, err, "")
	l.failed(l.run("f", ""), fault.Conflict, "is stopped")

	box.tell("down", "no engine")
	l.check("box")
	l.failed(l.run("g", ""), fault.Unavailable, "no component is ready for this: box is unavailable", "no engine", "systemctl start engine")
	l.failed(l.run("g", "plain"), fault.Unavailable, "what does is not ready: box is unavailable")
	l.manifest("[plain]\n")
	l.failed(l.run("g", ""), fault.Unavailable, "no component here runs images", "fn plugins add docker")
}

// A changed runtime is made ready where functions of it are before it is taken.
func TestAChangedRuntimeIsPreparedFirst(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first, second := l.plugin("first", "images"), l.plugin("second", "images")
	l.manifest("[first]\n[second]\n")
	l.open()
	ctx := context.Background()
	_, err := l.host.CreateRuntime(ctx, l.caller(), api.RuntimeSpec{Name: "r", Language: "exec", Image: "img:1"}, discard{})
	must(t, err, "")
	if first.count("prepare r img:1") != 1 || second.count("prepare") != 0 {
		t.Errorf("first %q, second %q", first.calls(), second.calls())
	}
	l.functionWith("f", "runtime = \"r\"\n")
	l.ok(l.run("f", "second"), "second")

	update := func(image *string) error {
		_, err := l.host.UpdateRuntime(ctx, l.caller(), api.RuntimeUpdate{Name: "r", Image: image}, discard{})
		return err
	}
	image := "img:2"
	must(t, update(&image), "")
	must(t, update(nil), "") // what img:2 is now
	if first.count("prepare") != 1 || second.count("prepare r img:2") != 2 {
		t.Errorf("first %q, second %q", first.calls(), second.calls())
	}
	second.tell("unpreparable", "no such image")
	image = "img:3"
	must(t, update(&image), fault.Invalid, "second: prepare: no such image")
	r, err := l.host.ShowRuntime(ctx, l.caller(), api.NameRef{Name: "r"}, discard{})
	must(t, err, "")
	if r.Image != "img:2" {
		t.Errorf("%+v", r)
	}
	l.ok(l.run("f", "second"), "second")
	_, err = l.host.DeleteRuntime(ctx, l.caller(), api.NameRef{Name: "r"}, discard{})
	must(t, err, fault.Conflict, "is used by f")
}
