package confine

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/fnhost/fn/worker/sandbox"
)

// Config is what Find needs.
type Config struct {
	Program string   // the path of fn-worker
	Dir     string   // existing; a directory for each trial is made and removed in it
	Hide    []string // see sandbox.View
	Show    []string // what of that, and of /tmp, is seen; it must exist already
}

// Found is the strongest sandbox that works.
type Found struct {
	Spec    sandbox.Spec // of every worker, without a directory; see For
	Missing []string     // what it lacks, in words; see the constants
	Why     error        // why it lacks that; nil if it lacks nothing
	Network error        // why a network of its own does not work; nil if it does
}

// What a sandbox can lack, in words that follow "without".
const (
	Everything = "any sandbox"
	OwnUser    = "a user namespace"
	OwnPIDs    = "process ids of its own"
	ReadOnly   = "a read-only view of the rest"
)

// A trial is a spec and what it lacks.
type trial struct {
	spec    sandbox.Spec
	missing []string
}

// Find tries until a sandbox works. It takes some 10 ms where the first does.
func Find(ctx context.Context, cfg Config) Found {
	var why error
	for _, t := range trials(cfg) {
		err := try(ctx, cfg, t.spec)
		if err == nil {
			found := Found{Spec: t.spec, Missing: t.missing, Why: why}
			t.spec.Own.Network = true
			found.Network = try(ctx, cfg, t.spec)
			return found
		}
		if why == nil {
			why = err
		}
	}
	return Found{Missing: []string{Everything}, Why: why, Network: why}
}

// Off is what is found without looking.
func Off(why string) Found {
	err := errors.New(why)
	return Found{Missing: []string{Everything}, Why: err, Network: err}
}

// trials are all sandboxes worth having, best first.
func trials(cfg Config) (all []trial) {
	full := sandbox.Spec{
		Own:  sandbox.Namespaces{User: true, Mounts: true, PIDs: true, IPC: true},
		View: sandbox.View{Hide: cfg.Hide, ReadOnly: true, Devices: true, Proc: true},
	}
	full.View.Show = full.View.Needed(cfg.Show)
	noPIDs := func(t trial) trial {
		t.spec.Own.PIDs, t.spec.View.Proc = false, false
		return t.lacking(OwnPIDs)
	}
	writable := func(t trial) trial {
		t.spec.View.ReadOnly = false
		return t.lacking(ReadOnly)
	}
	best := trial{spec: full}
	all = []trial{best, noPIDs(best), writable(best), writable(noPIDs(best))}
	if os.Getuid() == 0 {
		for _, t := range slices.Clone(all) {
			t.spec.Own.User = false
			all = append(all, t.lacking(OwnUser))
		}
	}
	return all
}

func (t trial) lacking(what string) trial {
	t.missing = append(slices.Clone(t.missing), what)
	return t
}

// For returns the sandbox of a worker, but for its own directory: with a network
// of its own or not, and more directories to see.
func (f Found) For(noNetwork bool, show ...string) sandbox.Spec {
	spec := f.Spec
	if spec.None() {
		return spec
	}
	spec.Own.Network = noNetwork
	spec.View.Show = slices.Concat(spec.View.Show, spec.View.Needed(show))
	return spec
}
