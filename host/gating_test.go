//go:build unix

package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// With one component that is not ready every verb of components is refused, and
// says by what, since when, and how to mend it; the rest works.
func TestOneComponentThatIsNotReady(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only", "down=no engine")
	l.manifest("[only]\n")
	l.open()
	ctx := context.Background()
	l.function("f")

	verbs := map[string]func(on string) error{
		"run": func(on string) error {
			if r := l.run("f", on); r.Error != nil {
				return r.Error
			}
			return nil
		},
		"deploy": func(on string) error {
			_, err := l.host.Deploy(ctx, l.caller(), api.OnRequest{Name: "f", On: on}, discard{})
			return err
		},
		"stop": func(on string) error {
			_, err := l.host.Stop(ctx, l.caller(), api.OnRequest{Name: "f", On: on}, discard{})
			return err
		},
		"remove": func(on string) error {
			_, err := l.host.Remove(ctx, l.caller(), api.OnRequest{Name: "f", On: on}, discard{})
			return err
		},
		"logs": func(on string) error {
			_, err := l.host.Logs(ctx, l.caller(), api.LogsRequest{Name: "f", On: on}, discard{})
			return err
		},
	}
	since := ""
	for _, on := range []string{"", "only"} {
		for verb, use := range verbs {
			before := p.count("validate")
			err := use(on)
			must(t, err, fault.Unavailable, verb, "only", "unavailable since ", "engine: no engine", "systemctl start engine")
			if n := p.count("validate") - before; n != 1 {
				t.Errorf("%s on %q: %d validations", verb, on, n)
			}
			_, after, _ := strings.Cut(err.Error(), "since ")
			if since == "" {
				since = after[:len(time.DateTime)]
			}
			if after[:len(time.DateTime)] != since {
				t.Errorf("%s: since %s, before it was %s", verb, after, since)
			}
		}
	}
	if n := p.count("start"); n > 2 {
		t.Errorf("the plugin was started %d times", n)
	}
	_, err := l.host.Status(ctx, l.caller(), api.StatusRequest{On: "only"}, discard{})
	must(t, err, fault.Unavailable, "only: status: unavailable since ")
	if status, err := l.host.Status(ctx, l.caller(), api.StatusRequest{}, discard{}); err != nil || len(status.Functions) != 0 {
		t.Errorf("status of nothing: %+v, %v", status, err)
	}
	why, err := l.host.Why(ctx, l.caller(), api.WhyRequest{Verb: "run"}, discard{})
	must(t, err, "")
	if why.Available || len(why.Components) != 1 || !why.Components[0].ProvidesIt || why.Components[0].Reason != "engine: no engine" {
		t.Errorf("%+v", why)
	}

	// The prerequisite appears: the next use works at once.
	p.untell("down")
	before := p.count("validate")
	l.ok(l.run("f", ""), "only")
	if n := p.count("validate") - before; n != 1 {
		t.Errorf("%d validations", n)
	}
	if why, _ := l.host.Why(ctx, l.caller(), api.WhyRequest{Verb: "logs"}, discard{}); !why.Available {
		t.Errorf("%+v", why)
	}
}

// The path of a call to a ready component: no validation, no description, no
// process; whatever else the manifest holds.
func TestReadyComponentCostsNothing(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	good, down, odd := l.plugin("good"), l.plugin("down", "down=no engine"), l.plugin("odd", "wants=HOME")
	odd.write("echo start >> '" + odd.dir + "/tries'; exit 3")
	l.manifest("[down]\n[odd]\n[good]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "good")
	l.components()

	before := []int{len(down.calls()), len(odd.calls()), good.count("start"), good.count("configure"), good.count("validate"), good.count("deploy"), good.count("status"), l.host.processes.started, odd.tries()}
	const calls = 50
	ran := good.count("run")
	for i := range calls {
		on := ""
		if i%2 == 0 {
			on = "good"
		}
		l.ok(l.run("f", on), "good")
	}
	if n := good.count("run") - ran; n != calls {
		t.Errorf("%d calls for %d", n, calls)
	}
	after := []int{len(down.calls()), len(odd.calls()), good.count("start"), good.count("configure"), good.count("validate"), good.count("deploy"), good.count("status"), l.host.processes.started, odd.tries()}
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("calls, starts and so on before %v, after %v", before, after)
	}

	// The same in a new host, which starts the plugin once and asks nothing.
	l.reopen()
	validated := good.count("validate")
	for range 3 {
		l.ok(l.run("f", "good"), "good")
	}
	if n := good.count("validate") - validated; n != 0 || l.host.processes.started != 1 {
		t.Errorf("%d validations, %d processes in a new host", n, l.host.processes.started)
	}
	if odd.tries() != after[len(after)-1] {
		t.Errorf("a component that nobody asked for was started")
	}
}

// tries is how often the script of a plugin ran that never gets to its start.
func (p *plugin) tries() int {
	text, err := os.ReadFile(filepath.Join(p.dir, "tries"))
	if err != nil {
		return 0
	}
	return strings.Count(string(text), "\n")
}

// Many who wait for the same component make one validation.
func TestOneValidationForAllWhoWait(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only", "wants=HOME")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if r := l.run("f", ""); r.Error != nil {
				t.Error(r.Error)
			}
		})
	}
	wait.Wait()
	if v, s := p.count("validate"), p.count("start"); v != 1 || s > 2 { // one more to hear what it wants to see
		t.Errorf("%d validations, %d starts", v, s)
	}
}

// A component that fails in a call with Unavailable is looked at again.
func TestUnavailableInACall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "only")
	p.tell("down", "the engine stopped")
	l.failed(l.run("f", ""), fault.Unavailable, "only: run: the engine stopped", "systemctl start engine")
	l.eventually("a validation in the background", func() bool {
		return l.components()["only"].State == api.ComponentUnavailable
	})
	l.failed(l.run("f", ""), fault.Unavailable, "unavailable since ", "engine: the engine stopped")
	p.untell("down")
	l.ok(l.run("f", ""), "only")
}

// A plugin that has died is started again by the next call, without a check.
func TestDeadPluginStartsAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only", "dies")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	l.failed(l.run("f", ""), fault.Broken, "about to die")
	p.untell("dies")
	validated := p.count("validate")
	for range 5 {
		l.ok(l.run("f", ""), "only")
	}
	if n := p.count("validate") - validated; n != 0 {
		t.Errorf("%d validations", n)
	}
}

// A verb that no component has, or that there is not, is explained too.
func TestNoSuchComponentOrVerb(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("engine")
	l.manifest("[engine]\n")
	l.open()
	l.function("f")
	l.failed(l.run("f", "engin"), fault.NotFound, "engin: run: no such component", "did you mean engine?")
	l.failed(l.run("f", "elsewhere"), fault.NotFound, "there are: engine")
	_, err := l.host.Why(context.Background(), l.caller(), api.WhyRequest{Verb: "rnu"}, discard{})
	must(t, err, fault.Invalid, `"rnu" is not a verb`, "fn components why run")
	_, err = l.host.CheckComponents(context.Background(), l.caller(), api.CheckRequest{Names: []string{"engnie"}}, discard{})
	must(t, err, fault.NotFound, "did you mean engine?")

	l.manifest("# nothing\n")
	l.failed(l.run("f", ""), fault.Unavailable, "run: no component is configured", "fn plugins add local")
	if states := l.components(); len(states) != 0 {
		t.Errorf("%+v", states)
	}
}
