package registry

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

// update adds a version, again for as long as others come first.
func update(ctx context.Context, r *Registry, name, digest string) error {
	for {
		now, err := r.Get(ctx, name)
		if err != nil {
			return err
		}
		_, err = r.AddVersion(ctx, version(name, digest), now.Version)
		if !errors.Is(err, ErrStale) {
			return err
		}
	}
}

func TestTwoHundredAtOnce(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	const n, updates = 200, 40
	_, err := r.CreateFunction(ctx, version("counted", "first"))
	must(t, err, "")
	var wait sync.WaitGroup
	var created, applied sync.Map
	for i := range n {
		wait.Go(func() {
			id := strconv.Itoa(i)
			check := func(err error) {
				if err != nil {
					t.Error(err)
				}
			}
			_, err := r.CreateFunction(ctx, version("own-"+id, "a"))
			check(err)
			if _, err := r.CreateFunction(ctx, version("one", "a")); err == nil {
				created.Store(i, true)
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
			_, change, err := r.Apply(ctx, version("same", "a"), 0)
			check(err)
			if change != Unchanged {
				applied.Store(i, true)
			}
			if i < updates { // each waits for all the others
				check(update(ctx, r, "counted", id))
			}
			check(r.InsertCall(ctx, Call{ID: "call-" + id, Function: "own-" + id}))
			_, err = r.Callable(ctx, "own-"+id)
			check(err)
		})
	}
	wait.Wait()
	for what, m := range map[string]*sync.Map{"created": &created, "applied": &applied} {
		count := 0
		m.Range(func(any, any) bool { count++; return true })
		if count != 1 {
			t.Errorf("%s by %d of %d, want 1", what, count, n)
		}
	}
	verify(t, r, n, updates)
}

func TestManyProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fn.db") // made by whoever comes first
	const processes = 8
	setup := open(t, path)
	_, err := setup.CreateFunction(t.Context(), version("counted", "first"))
	must(t, err, "")
	var wait sync.WaitGroup
	for i := range processes {
		cmd := role(t, "hammer", path, fmt.Sprintf("own-%d", i))
		wait.Go(func() {
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	verify(t, setup, processes*rounds, processes*rounds)
}

// verify finds every one of n creations and calls, and every update.
func verify(t *testing.T, r *Registry, n, updates int) {
	t.Helper()
	ctx := t.Context()
	counted, err := r.Versions(ctx, "counted")
	must(t, err, "")
	digests := map[string]bool{}
	for i, v := range counted {
		if v.Version != updates+1-i {
			t.Fatalf("version %d where %d belongs", v.Version, updates+1-i)
		}
		digests[v.Digest] = true
	}
	if len(digests) != updates+1 {
		t.Errorf("%d of %d updates are there", len(digests)-1, updates)
	}
	same, err := r.Versions(ctx, "same")
	must(t, err, "")
	if len(same) != 1 {
		t.Errorf("the same code was applied %d times", len(same))
	}
	calls, err := r.Calls(ctx, Calls{Function: "", Last: 10 * n})
	must(t, err, "")
	if len(calls) != n {
		t.Errorf("%d of %d calls are there", len(calls), n)
	}
	list, err := r.List(ctx)
	must(t, err, "")
	own := 0
	for _, v := range list {
		if len(v.Function) > 4 && v.Function[:4] == "own-" {
			own++
		}
	}
	if own != n {
		t.Errorf("%d of %d functions are there", own, n)
	}
	sound(t, r)
}

// sound asks SQLite whether the file is as it should be.
func sound(t *testing.T, r *Registry) {
	t.Helper()
	said, err := column(r.read, "PRAGMA integrity_check")
	must(t, err, "")
	if len(said) != 1 || said[0] != "ok" {
		t.Errorf("integrity check: %q", said)
	}
}

func TestManyProcessesFromNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fn.db")
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			r, err := Open(path, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if _, _, err := r.Apply(t.Context(), version("same", "a"), 0); err != nil {
				t.Error(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	versions, err := open(t, path).Versions(t.Context(), "same")
	must(t, err, "")
	if len(versions) != 1 {
		t.Errorf("%d versions, want 1", len(versions))
	}
}

func TestKilledWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fn.db")
	recorded := 0
	for range 3 {
		cmd := role(t, "write until killed", path, "")
		out, err := cmd.StdoutPipe()
		must(t, err, "")
		must(t, cmd.Start(), "")
		lines := bufio.NewScanner(out)
		for n := 0; n < 200 && lines.Scan(); n++ {
			recorded++
		}
		must(t, cmd.Process.Kill(), "")
		cmd.Wait()
	}
	r := open(t, path)
	calls, err := r.Calls(t.Context(), Calls{Function: "", Last: 1_000_000})
	must(t, err, "")
	if len(calls) < recorded || recorded != 600 {
		t.Errorf("%d calls are there, %d were reported as recorded", len(calls), recorded)
	}
	sound(t, r)
}
