package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

func TestReadyCostsNothing(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		if !w.FirstRun() || w.Note() != "" {
			t.Errorf("first run %v, note %q", w.FirstRun(), w.Note())
		}
		state, err := w.Ready(t.Context(), docker, nil)
		if err != nil || state.State != api.ComponentReady || state.Version != "1.2" || w.FirstRun() {
			t.Fatalf("%+v, %v", state, err)
		}
		if want := []string{"deploy", "run", "stop", "status", "logs"}; !slices.Equal(state.Provides, want) {
			t.Errorf("provides %v", state.Provides)
		}
		for range 100 {
			if _, err := w.Ready(t.Context(), docker, nil); err != nil {
				t.Fatal(err)
			}
		}
		w.reopen(t) // another host
		if w.FirstRun() {
			t.Error("first run again")
		}
		if _, err := w.Ready(t.Context(), docker, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.plugins.counted(t, "docker", 1)

		other := docker
		other.Key = "k2"
		if got := w.List([]catalog.Target{other})[0].State; got != api.ComponentUnknown {
			t.Errorf("another key is %s", got)
		}
		if _, err := w.Ready(t.Context(), other, nil); err != nil {
			t.Fatal(err)
		}
		w.plugins.counted(t, "docker", 2)
	})
}

func TestExpiredReadyIsUsedAndRevalidated(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		if _, err := w.Ready(t.Context(), docker, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(catalog.ReadyTTL)
		release := make(chan struct{})
		w.plugins.set("docker", func(ctx context.Context) (sdk.Validation, error) {
			<-release
			return failing(ctx)
		})
		for range 5 {
			if _, err := w.Ready(t.Context(), docker, nil); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		w.plugins.counted(t, "docker", 2)
		close(release)
		synctest.Wait()
		if got := w.List([]catalog.Target{docker})[0].State; got != api.ComponentUnavailable {
			t.Errorf("state %s after the background validation", got)
		}
	})
}

func TestNotReadyIsValidatedOnceForAll(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plugins.set("docker", func(ctx context.Context) (sdk.Validation, error) {
			time.Sleep(time.Second)
			return failing(ctx)
		})
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				state, err := w.Ready(t.Context(), docker, nil)
				if fault.KindOf(err) != fault.Unavailable || state.Reason != "daemon: does not answer" {
					t.Errorf("%+v, %v", state, err)
				}
			})
		}
		wait.Wait()
		w.plugins.counted(t, "docker", 1)

		// A no is never final: mended, the next use finds out.
		w.plugins.set("docker", nil)
		if _, err := w.Ready(t.Context(), docker, nil); err != nil {
			t.Error(err)
		}
		w.plugins.counted(t, "docker", 2)
	})
}

func TestErrorSaysWhatIsWrong(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plugins.set("docker", failing)
		since := time.Now()
		if _, err := w.Ready(t.Context(), docker, nil); err == nil {
			t.Fatal("ready")
		}
		time.Sleep(time.Minute)
		_, err := w.Ready(t.Context(), docker, nil)
		e := fault.From(err)
		want := "docker: unavailable since " + since.Local().Format(time.DateTime) + ": daemon: does not answer"
		if e.Error() != want || e.Hint != "systemctl start it" {
			t.Errorf("%q, hint %q", e, e.Hint)
		}

		w.plugins.set("docker", broken)
		state, err := w.Ready(t.Context(), docker, nil)
		if e := fault.From(err); e.Kind != fault.Broken || e.Hint != "mend it" || !strings.HasSuffix(e.Error(), ": start: ended unasked") {
			t.Errorf("%+v", e)
		}
		if state.State != api.ComponentBroken || !state.Since.Equal(time.Now()) || state.Version != "1.2" || len(state.Provides) == 0 {
			t.Errorf("a broken component keeps what is known of it: %+v", state)
		}

		for _, err := range []error{errors.New("odd"), fault.New(fault.Timeout, "slow")} {
			w.plugins.set("docker", func(context.Context) (sdk.Validation, error) { return sdk.Validation{}, err })
			if state, _ := w.Ready(t.Context(), docker, nil); state.State != api.ComponentUnavailable {
				t.Errorf("%v: %s", err, state.State)
			}
		}
	})
}

func TestCheckKeepsComponentsApart(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plugins.set("hangs", func(context.Context) (sdk.Validation, error) {
			time.Sleep(time.Hour) // heeds no context
			return sdk.Validation{}, nil
		})
		w.plugins.set("obeys", func(ctx context.Context) (sdk.Validation, error) {
			<-ctx.Done()
			return sdk.Validation{}, ctx.Err()
		})
		w.plugins.set("panics", func(context.Context) (sdk.Validation, error) { panic("no luck") })
		w.plugins.set("broken", broken)
		w.plugins.set("missing", failing)
		var targets []catalog.Target
		for _, name := range []string{"hangs", "fine", "obeys", "panics", "broken", "missing"} {
			targets = append(targets, catalog.Target{Name: name, Key: "k"})
		}
		go func() {
			time.Sleep(time.Second)
			if state, err := w.Ready(t.Context(), targets[1], nil); err != nil {
				t.Errorf("a fine component waits for a hanging one: %+v, %v", state, err)
			}
		}()
		var heard reports
		began := time.Now()
		states := w.Check(t.Context(), targets, &heard)
		if took := time.Since(began); took != catalog.DefaultTimeout {
			t.Errorf("took %v", took)
		}
		var got []string
		for _, s := range states {
			got = append(got, s.Name+" "+s.State)
		}
		want := []string{"hangs broken", "fine ready", "obeys broken", "panics broken", "broken broken", "missing unavailable"}
		if !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		if !strings.Contains(states[0].Reason, "no answer within 20s") || !strings.Contains(states[3].Reason, "no luck") {
			t.Errorf("reasons %q, %q", states[0].Reason, states[3].Reason)
		}
		if last := heard.progress[len(heard.progress)-1]; last.Done != 6 || last.Total != 6 {
			t.Errorf("progress ends with %+v", last)
		}
		if file := w.file(t); len(file.Components) != 6 {
			t.Errorf("%d components in the file", len(file.Components))
		}
		time.Sleep(time.Hour) // lets the hanging one end
	})
}

type reports struct{ progress []api.Progress }

func (r *reports) Note(string)             {}
func (r *reports) Progress(p api.Progress) { r.progress = append(r.progress, p) }

func TestRunRevalidates(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go w.Run(ctx)
		down := catalog.Target{Name: "down", Key: "k"}
		short := catalog.Target{Name: "short", Key: "k"}
		hasty := catalog.Target{Name: "hasty", Key: "k"}
		w.plugins.set("down", failing)
		for name, d := range map[string]time.Duration{"short": 10 * time.Minute, "hasty": time.Millisecond, "long": 100 * time.Hour} {
			w.plugins.set(name, func(context.Context) (sdk.Validation, error) { return sdk.Validation{ValidFor: d}, nil })
		}
		long := catalog.Target{Name: "long", Key: "k"}
		w.Check(ctx, []catalog.Target{docker, down, short, hasty, long}, nil)

		time.Sleep(2*time.Hour + time.Second)
		for name, want := range map[string]int{
			"docker": 1 + 2, "down": 1 + 24, "short": 1 + 12, "long": 1 + 2,
			"hasty": 1 + int(2*time.Hour/catalog.LeastTTL),
		} {
			w.plugins.counted(t, name, want)
		}
	})
}

func TestClockSetBack(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		go w.Run(t.Context())
		if _, err := w.Ready(t.Context(), docker, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.offset.Store(int64(-24 * time.Hour))
		w.plugins.set("docker", failing)
		time.Sleep(catalog.UnavailableTTL)
		synctest.Wait()
		w.plugins.counted(t, "docker", 2)
		state := w.List([]catalog.Target{docker})[0]
		if now := w.now(); state.State != api.ComponentUnavailable || state.CheckedAt.After(now) || state.Since.After(now) {
			t.Errorf("%+v", state)
		}
		w.plugins.set("docker", nil)
		if _, err := w.Ready(t.Context(), docker, nil); err != nil {
			t.Error(err)
		}
	})
}

func TestRecheck(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		if _, err := w.Ready(t.Context(), docker, nil); err != nil {
			t.Fatal(err)
		}
		w.plugins.set("docker", func(ctx context.Context) (sdk.Validation, error) {
			time.Sleep(time.Second)
			return failing(ctx)
		})
		for range 10 {
			w.Recheck(docker)
		}
		time.Sleep(time.Minute)
		w.plugins.counted(t, "docker", 2)
		if state := w.List([]catalog.Target{docker})[0]; state.State != api.ComponentUnavailable {
			t.Errorf("%+v", state)
		}
	})
}

// Of a target that turned out to be another nothing is kept, nor is it looked
// at again.
func TestMoved(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		go w.Run(t.Context())
		w.plugins.set("docker", broken)
		if _, err := w.Ready(t.Context(), docker, nil); fault.KindOf(err) != fault.Broken {
			t.Fatal(err)
		}
		w.plugins.set("docker", func(context.Context) (sdk.Validation, error) {
			return sdk.Validation{}, catalog.ErrMoved
		})
		state, err := w.Ready(t.Context(), docker, nil)
		if state.State != api.ComponentUnknown || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%+v, %v", state, err)
		}
		if got := w.file(t).Components; len(got) != 0 {
			t.Errorf("kept: %+v", got)
		}
		time.Sleep(24 * time.Hour)
		w.plugins.counted(t, "docker", 2)
	})
}

// The file is written again when somebody else touched it, and only then.
func TestKeep(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.Keep()
		if _, err := os.Stat(w.path); !os.IsNotExist(err) {
			t.Errorf("written with nothing to say: %v", err)
		}
		w.Check(t.Context(), []catalog.Target{docker}, nil)
		written, err := os.Stat(w.path)
		if err != nil {
			t.Fatal(err)
		}
		w.Keep()
		if now, err := os.Stat(w.path); err != nil || !os.SameFile(now, written) {
			t.Errorf("written again for nothing: %v", err)
		}
		for _, damage := range []func() error{
			func() error { return os.Remove(w.path) },
			func() error { return os.WriteFile(w.path, []byte("{}"), 0o600) },
		} {
			if err := damage(); err != nil {
				t.Fatal(err)
			}
			w.Keep()
			if got := w.file(t).Components; len(got) != 1 {
				t.Errorf("%+v", got)
			}
		}
	})
}

func TestCanceledCallerLeavesTheValidation(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plugins.set("docker", func(context.Context) (sdk.Validation, error) {
			time.Sleep(time.Second)
			return sdk.Validation{}, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := w.Ready(ctx, docker, nil); fault.KindOf(err) != fault.Timeout {
			t.Errorf("%v", err)
		}
		if _, err := w.Ready(t.Context(), docker, nil); err != nil {
			t.Error(err)
		}
		w.plugins.counted(t, "docker", 1)
	})
}

func TestRetain(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		a, b := catalog.Target{Name: "a", Key: "k"}, catalog.Target{Name: "b", Key: "k"}
		w.Check(t.Context(), []catalog.Target{a, b, docker}, nil)
		w.plugins.set("a", func(context.Context) (sdk.Validation, error) {
			time.Sleep(time.Second)
			return sdk.Validation{}, nil
		})
		w.Recheck(a)
		w.Retain([]string{"docker", "b"})
		time.Sleep(time.Minute)
		var names []string
		for _, e := range w.file(t).Components {
			names = append(names, e.Name)
		}
		if !slices.Equal(names, []string{"docker", "b"}) {
			t.Errorf("file has %v", names)
		}
		if got := w.List([]catalog.Target{a})[0].State; got != api.ComponentUnknown {
			t.Errorf("a is %s", got)
		}
	})
}

func TestEnvAndKeys(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for i := range 20 {
			target := docker
			target.Key = fmt.Sprint("key", i)
			if _, err := w.Ready(t.Context(), target, nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		file := w.file(t)
		if n := len(file.Components); n != 8 || file.Components[0].Key != "key19" {
			t.Errorf("%d entries, first %q", n, file.Components[0].Key)
		}
		w.reopen(t)
		if env, ok := w.Env("docker", "abc"); !ok || !slices.Equal(env, []string{"HOME"}) {
			t.Errorf("%v, %v", env, ok)
		}
		for _, unknown := range [][2]string{{"docker", "other"}, {"docker", ""}, {"other", "abc"}} {
			if env, ok := w.Env(unknown[0], unknown[1]); ok {
				t.Errorf("%v: %v", unknown, env)
			}
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "components.json"))
	var wait sync.WaitGroup
	var targets []catalog.Target
	for i := range 6 {
		targets = append(targets, catalog.Target{Name: fmt.Sprint("c", i), Key: "k"})
	}
	w.plugins.set("c1", failing)
	w.plugins.set("c2", broken)
	ctx, cancel := context.WithCancel(t.Context())
	go w.Run(ctx)
	for i := range 60 {
		wait.Go(func() {
			switch target := targets[i%len(targets)]; i % 5 {
			case 0:
				_, _ = w.Ready(t.Context(), target, &reports{})
			case 1:
				w.Check(t.Context(), targets, &reports{})
			case 2:
				w.Recheck(target)
			case 3:
				w.List(targets)
			case 4:
				w.Retain([]string{"c5", "c4", "c3", "c2", "c1", "c0"})
			}
		})
	}
	wait.Wait()
	w.Check(t.Context(), targets, nil)
	cancel()
	w.Close()
	if file := w.file(t); len(file.Components) != 6 || file.Components[0].Name != "c5" {
		t.Errorf("%+v", file)
	}
	if _, err := w.Ready(t.Context(), targets[1], nil); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("after Close: %v", err)
	}
}

func TestKey(t *testing.T) {
	secret := []byte("secret")
	keys := map[string]bool{}
	for _, k := range []string{
		catalog.Key(secret, "a", "b"), catalog.Key(secret, "ab"), catalog.Key(secret, "b", "a"),
		catalog.Key(secret, "a", "b", ""), catalog.Key([]byte("other"), "a", "b"), catalog.Key(secret),
	} {
		keys[k] = true
	}
	if len(keys) != 6 || catalog.Key(secret, "a") != catalog.Key(secret, "a") {
		t.Errorf("%v", keys)
	}
}
