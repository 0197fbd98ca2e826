//go:build unix

package host

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// status is fn status, by component, of one function.
func (l *lab) status(name string, refresh bool) map[string]api.Deployment {
	l.Helper()
	list, err := l.host.Status(context.Background(), l.caller(), api.StatusRequest{Name: name, Refresh: refresh}, discard{})
	must(l, err, "")
	by := map[string]api.Deployment{}
	for _, d := range list.Functions {
		by[d.Component] = d
	}
	return by
}

func (l *lab) deploy(name, on string) {
	l.Helper()
	_, err := l.host.Deploy(context.Background(), l.caller(), api.OnRequest{Name: name, On: on}, discard{})
	must(l, err, "")
}

func (l *lab) stop(name, on string) {
	l.Helper()
	_, err := l.host.Stop(context.Background(), l.caller(), api.OnRequest{Name: name, On: on}, discard{})
	must(l, err, "")
}

// A component of this machine is deployed to on first use and after each
// update; a cloud is not, and is shown to be behind.
func TestDeployOnFirstUse(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	here, cloud := l.plugin("here"), l.plugin("cloud", "cloud")
	l.manifest("[here]\n[cloud]\n")
	l.open()
	l.function("f")

	for n := range 3 {
		r := l.run("f", "")
		l.ok(r, "here")
		if told := len(r.steps) > 0; told != (n == 0) {
			t.Errorf("call %d tells of %+v", n+1, r.steps)
		}
	}
	l.failed(l.run("f", "cloud"), fault.NotFound, "cloud: run: f is not deployed there", "fn deploy f --on cloud")
	if h, c := here.count("deploy"), cloud.count("deploy"); h != 1 || c != 0 {
		t.Errorf("%d deploys here, %d to the cloud", h, c)
	}
	l.deploy("f", "cloud")
	l.ok(l.run("f", "cloud"), "cloud")

	l.update("f")
	l.ok(l.run("f", ""), "here")
	if n := here.count("deploy f 2"); n != 1 {
		t.Errorf("version 2 was deployed here %d times", n)
	}
	l.ok(l.run("f", "cloud"), "cloud") // its version 1
	if n := cloud.count("deploy"); n != 1 {
		t.Errorf("%d deploys to the cloud", n)
	}
	status := l.status("f", false)
	if d := status["cloud"]; !d.Outdated || d.Version != 1 || !strings.Contains(d.Reason, "version 2 is current: fn deploy f --on cloud") {
		t.Errorf("%+v", d)
	}
	if d := status["here"]; d.Outdated || d.Version != 2 || d.State != "deployed" || d.Location != "here:f" {
		t.Errorf("%+v", d)
	}
	detail, err := l.host.ShowFunction(context.Background(), l.caller(), api.FunctionRef{Name: "f"}, discard{})
	must(t, err, "")
	if len(detail.Deployments) != 2 || !detail.Deployments[0].Outdated {
		t.Errorf("%+v", detail.Deployments)
	}

	// Rollback counts at once here; the cloud is up to date again.
	_, err = l.host.Rollback(context.Background(), l.caller(), api.FunctionRef{Name: "f"}, discard{})
	must(t, err, "")
	l.ok(l.run("f", ""), "here")
	if n := here.count("deploy f 1"); n != 2 {
		t.Errorf("version 1 was deployed here %d times", n)
	}
	if d := l.status("f", false)["cloud"]; d.Outdated {
		t.Errorf("%+v", d)
	}
}

// What was stopped stays so, whatever happens to the function, until deploy.
func TestStoppedStaysStopped(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("here")
	l.manifest("[here]\n")
	l.open()
	l.function("f")
	refused := func(when string) {
		t.Helper()
		deploys := p.count("deploy")
		l.failed(l.run("f", ""), fault.Conflict, "here: run: f is stopped", "fn deploy f --on here")
		if p.count("deploy") != deploys {
			t.Errorf("%s: it was deployed", when)
		}
	}
	l.ok(l.run("f", ""), "here")
	l.stop("f", "")
	refused("stopped")
	l.stop("f", "")
	refused("stopped twice")
	l.update("f")
	refused("updated")
	if d := l.status("f", false)["here"]; d.State != "stopped" {
		t.Errorf("%+v", d)
	}
	l.reopen()
	refused("in a new host")

	// The component could not be asked for a while: what it had is unknown.
	p.tell("mute", "no line")
	if d := l.status("f", true)["here"]; d.State != "unknown" || !strings.Contains(d.Reason, "no line") {
		t.Errorf("%+v", d)
	}
	p.untell("mute")
	refused("unknown")
	if d := l.status("f", true)["here"]; d.State != "stopped" {
		t.Errorf("%+v", d)
	}
	refused("asked again")

	// The registry lost it; the component has not.
	must(t, l.host.registry.DeleteDeployment(context.Background(), "f", "here"), "")
	refused("not in the registry")

	l.deploy("f", "")
	l.ok(l.run("f", ""), "here")
}

// A component that forgot a function is given it again, and the event is whole.
func TestForgottenFunction(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("here")
	l.manifest("[here]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "here")
	forget := func() { must(t, os.Remove(filepath.Join(l.dirs.ComponentState("here"), "functions.json")), "") }

	for _, event := range []string{"", "{}", strings.Repeat("0123456789", 30_000)} {
		forget()
		deploys := p.count("deploy")
		r := l.runWith(context.Background(), api.RunRequest{Name: "f"}, event)
		l.ok(r, "here")
		if r.result != event {
			t.Errorf("of %d bytes %d came back", len(event), len(r.result))
		}
		if n := p.count("deploy") - deploys; n != 1 || len(r.steps) == 0 {
			t.Errorf("%d deploys, %+v", n, r.steps)
		}
	}
	forget()
	if d, ok := l.status("f", true)["here"]; ok {
		t.Errorf("still known: %+v", d)
	}
	l.ok(l.run("f", ""), "here")
}

// A deploy that failed is remembered with its reason, and tried again.
func TestFailedDeploy(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("here", "undeployable=the disk is full")
	l.manifest("[here]\n")
	l.open()
	l.function("f")
	for range 2 {
		l.failed(l.run("f", ""), fault.ResourceExhausted, "here: deploy: the disk is full", "buy more")
	}
	if d := l.status("f", false)["here"]; d.State != "failed" || !strings.Contains(d.Reason, "the disk is full") {
		t.Errorf("%+v", d)
	}
	p.untell("undeployable")
	l.ok(l.run("f", ""), "here")
	if d := l.status("f", false)["here"]; d.State != "deployed" || d.Reason != "" {
		t.Errorf("%+v", d)
	}
}

// noted is a Reporter that keeps the notes.
type noted []string

func (n *noted) Note(text string)    { *n = append(*n, text) }
func (*noted) Progress(api.Progress) {}

// delete takes a function off this machine's components, and refuses while a
// cloud has it.
func TestDelete(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	here, cloud := l.plugin("here"), l.plugin("cloud", "cloud")
	l.manifest("[here]\n[cloud]\n")
	l.open()
	ctx := context.Background()
	var notes noted
	remove := func() error {
		notes = nil
		_, err := l.host.DeleteFunction(ctx, l.caller(), api.FunctionRef{Name: "f"}, &notes)
		return err
	}
	said := func(want ...string) {
		t.Helper()
		if !slices.Equal(notes, want) {
			t.Errorf("said %q, want %q", notes, want)
		}
	}
	must(t, remove(), fault.NotFound, `no function "f"`)
	l.function("f")
	l.ok(l.run("f", ""), "here")
	l.deploy("f", "cloud")
	must(t, remove(), fault.Conflict, "cloud: delete: f is still deployed there", "fn remove f --on cloud")
	if n := here.count("remove"); n != 0 {
		t.Errorf("a delete that was refused removed it %d times here", n)
	}
	l.ok(l.run("f", "cloud"), "cloud")
	_, err := l.host.Remove(ctx, l.caller(), api.OnRequest{Name: "f", On: "cloud"}, discard{})
	must(t, err, "")
	must(t, remove(), "")
	said()
	if h, c := here.count("remove f"), cloud.count("remove f"); h != 1 || c != 1 {
		t.Errorf("removed %d times here, %d from the cloud", h, c)
	}
	l.failed(l.run("f", ""), fault.NotFound)

	// One that cannot be asked keeps it: with what is wrong, and what mends that.
	l.function("f")
	l.ok(l.run("f", ""), "here")
	here.tell("down", "no engine")
	l.check("here")
	must(t, remove(), fault.Unavailable, "here: delete: unavailable since ", "no engine", "systemctl start engine")
	here.untell("down")
	must(t, remove(), "")

	// Of one that left the manifest nobody can be asked.
	l.function("f")
	l.ok(l.run("f", ""), "here")
	l.manifest("[cloud]\n\n")
	must(t, remove(), "")
	said("f stays on here, which is not in the manifest any more")

	// One that cannot remove keeps it, cloud or not: nothing is there to be done.
	l.plugin("keeper", "keeps", "cloud")
	l.plugin("nearer", "keeps")
	l.manifest("[keeper]\n[nearer]\n")
	l.function("f")
	l.deploy("f", "keeper")
	l.ok(l.run("f", "nearer"), "nearer")
	must(t, remove(), "")
	said("f stays on keeper, which cannot remove it", "f stays on nearer, which cannot remove it")
}

// The verbs with an answer of their own.
func TestLogsAndPool(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("here")
	l.manifest("[here]\n")
	l.open()
	l.function("f")
	pool, err := l.host.Pool(context.Background(), l.caller(), api.None{}, discard{})
	must(t, err, "")
	if len(pool.Pools) != 0 || len(p.calls()) != 0 {
		t.Errorf("a pool without a process: %+v, %v", pool, p.calls())
	}
	l.ok(l.run("f", ""), "here")
	pool, err = l.host.Pool(context.Background(), l.caller(), api.None{}, discard{})
	must(t, err, "")
	if len(pool.Pools) != 1 || pool.Pools[0].Component != "here" || pool.Pools[0].Warm != 2 || pool.Pools[0].HitRate != -1 {
		t.Errorf("%+v", pool)
	}
	logs, err := l.host.Logs(context.Background(), l.caller(), api.LogsRequest{Name: "f", Tail: 7}, discard{})
	must(t, err, "")
	if len(logs.Lines) != 1 || logs.Lines[0].Text != "hello" || p.count("logs f 7") != 1 {
		t.Errorf("%+v", logs)
	}
}
