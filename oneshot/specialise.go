package oneshot

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/pool"
)

// key is what makes waiting workers equal: any of one key can serve a call that
// wants that key. Generic ones are of a kind and nothing else; specialised ones
// have one version of one function loaded, with all that comes with it.
type key[K Kind[K]] struct {
	kind     K
	function string
	version  int
	digest   string // of what else the worker was given
}

func (k key[K]) specialised() bool { return k.function != "" }

// loaded is a function that keeps workers of its own.
type loaded[K Kind[K]] struct {
	key    key[K]
	f      sdk.Function
	record record.Record
}

// specialise has as many workers wait with the function loaded as it wants, and
// returns their key. Those of another version of it go. w.mu is held.
func (w *workers[K]) specialise(kind K, f sdk.Function, r record.Record) (keys []key[K]) {
	before, ok := w.loaded[f.Name]
	if f.Warm > 0 {
		keys = []key[K]{{kind, f.Name, f.Version, digestOf(f, r.ModuleDirs())}}
	}
	if ok && (len(keys) == 0 || before.key != keys[0]) {
		delete(w.loaded, f.Name)
		w.pool.Retire(before.key)
		ok = false
	}
	if len(keys) > 0 && !ok {
		w.loaded[f.Name] = loaded[K]{keys[0], f, r}
		w.pool.Keep(keys[0], pool.Bounds{Min: f.Warm, Max: f.Warm})
	}
	return keys
}

// unload lets the workers go that only the function needs.
func (w *workers[K]) unload(function string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if before, ok := w.loaded[function]; ok {
		delete(w.loaded, function)
		w.pool.Retire(before.key)
	}
	w.unused(function)
}

// digestOf is one of everything that a worker is given with a function.
func digestOf(f sdk.Function, modules []string) string {
	given, err := json.Marshal([]any{f.Code.Digest, f.Image, f.Handler, f.Env, f.Memory, f.Timeout, f.Runtime, f.Warm, modules})
	if err != nil {
		return err.Error() // none of these can fail
	}
	return fmt.Sprintf("%x", sha256.Sum256(given))
}

// load makes a started worker the function's. It takes no longer than a call
// may, and what is printed is kept for the call that will use the worker.
func (w *workers[K]) load(ctx context.Context, started Worker, key key[K]) (_ *waiting, err error) {
	defer func() {
		if err != nil {
			started.Stop()
		}
	}()
	w.mu.Lock()
	wanted, ok := w.loaded[key.function]
	w.mu.Unlock()
	if !ok || wanted.key != key {
		return nil, sdk.Errorf(sdk.Canceled, "nobody wants it any more")
	}
	code, err := openCode(wanted.f)
	if err != nil {
		return nil, err
	}
	defer code.Close()
	printed := &early{}
	_, err = inject(ctx, started, Handover{Function: wanted.f, Record: wanted.record, Code: code, Timeout: wanted.f.Timeout}, printed)
	if err != nil {
		return nil, err
	}
	made := &waiting{started, printed}
	w.roster.enter(made, key.function, sdk.WorkerWaiting)
	return made, nil
}
