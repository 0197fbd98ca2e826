package local

import (
	"context"
	"strconv"
	"time"

	"github.com/fnhost/fn/oneshot"
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

// served is a worker whose code comes from the shelf.
type served struct {
	*launch.Worker
	shelf *unpacked.Shelf
}

var _ oneshot.Worker = served{}

// Inject hands the worker a function and a copy of its code that is on the shelf.
// Where that cannot be had the packed code is sent, and the worker says what is
// wrong with it or with the disk.
func (p served) Inject(ctx context.Context, h oneshot.Handover, out worker.Output) (worker.Ack, error) {
	if err := p.Limit(h.Function.Memory); err != nil {
		return worker.Ack{}, err
	}
	injection := h.Injection()
	err := p.shelf.Use(ctx, bundle(h.Function), func(tree *code.Tree) error { return p.Place(ctx, tree) })
	if err == nil {
		injection.Placed = injection.CodeDigest
		return p.Worker.Inject(ctx, injection, nil, out)
	}
	if _, err := h.Code.Seek(0, 0); err != nil {
		return worker.Ack{}, err
	}
	return p.Worker.Inject(ctx, injection, h.Code, out)
}

// ID is that of a process whose end is the worker's.
func (p served) ID() string { return strconv.Itoa(p.PID()) }

// Paused implements oneshot.Worker; processes are not looked at for that.
func (p served) Paused() bool { return false }

// Lost implements oneshot.Worker: nothing is between this process and its workers.
func (p served) Lost() error { return nil }

// Begun is when its start began.
func (p served) Begun() time.Time { return p.Started }

// Usable tells whether it runs and has its directory.
func (p served) Usable() bool { return !p.EndsWithin(0) && p.HasHome() }

// inOrder is the fate of a worker that was not killed.
const inOrder = "exit status 0"

// Fate waits for the end and says how it was.
func (p served) Fate() oneshot.Fate {
	words := p.Worker.Fate()
	return oneshot.Fate{Words: words, InOrder: words == inOrder}
}
