package local

import (
	"context"
	"os"
	"strconv"
	"time"

	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/plugins/local/unpacked"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
)

const (
	// mostUnpacked and mostTrees bound what is kept unpacked on disk.
	mostUnpacked = 1 << 30
	mostTrees    = 64
)

func bundle(f sdk.Function) unpacked.Bundle {
	return unpacked.Bundle{Path: f.Code.Path, Digest: f.Code.Digest}
}

// inject hands a worker a function and its code: a copy of what is on the shelf.
// Where that cannot be had the packed code is sent, and the worker says what is
// wrong with it or with the disk.
func inject(ctx context.Context, w *launch.Worker, f sdk.Function, modules []string, timeout time.Duration, secrets map[string]string, shelf *unpacked.Shelf, packed *os.File, out worker.Output) (worker.Ack, error) {
	if err := w.Limit(f.Memory); err != nil {
		return worker.Ack{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout+overtime)
	defer cancel()
	injection := worker.Injection{
		Function: f.Name, Version: strconv.Itoa(f.Version), Runtime: f.Runtime.Name, Handler: f.Handler,
		CodeDigest: f.Code.Digest, Env: merge(f.Env, secrets), Modules: modules,
		MemoryBytes: f.Memory, TimeoutMillis: millis(timeout),
	}
	err := shelf.Use(ctx, bundle(f), func(tree *code.Tree) error { return w.Place(ctx, tree) })
	if err == nil {
		injection.Placed = f.Code.Digest
		return w.Inject(ctx, injection, nil, out)
	}
	if _, err := packed.Seek(0, 0); err != nil {
		return worker.Ack{}, err
	}
	return w.Inject(ctx, injection, packed, out)
}
