package local

import (
	"context"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/sdk"
)

// backend is the component as the server of its functions sees it.
type backend struct{ c *Component }

var _ oneshot.Backend[launch.Kind] = backend{}

// Check implements oneshot.Backend.
func (b backend) Check(f sdk.Function) error { return b.c.check(f) }

// Prepare implements oneshot.Backend.
func (b backend) Prepare(ctx context.Context, f sdk.Function, r *record.Record, progress sdk.Progress) (launch.Kind, error) {
	b.c.shelf.Expect(bundle(f)) // while the rest is done
	kind, err := b.c.prepare(ctx, f, progress)
	if err == nil {
		r.Modules, r.Interpreter, err = b.c.install(ctx, f, progress)
	}
	return kind, err
}

// Prepared implements oneshot.Backend.
func (b backend) Prepared(ctx context.Context, f sdk.Function, r record.Record) (launch.Kind, error) {
	b.c.shelf.Expect(bundle(f)) // while a worker is waited for
	kind, err := b.c.prepared(ctx, f)
	if err == nil {
		err = b.c.installed(ctx, r)
	}
	return kind, err
}

// Start implements oneshot.Backend.
func (b backend) Start(ctx context.Context, kind launch.Kind) (oneshot.Worker, error) {
	w, err := b.c.launcher.Start(ctx, kind)
	if err != nil {
		return nil, err
	}
	return served{w, b.c.shelf}, nil
}

// Deploy makes the function known. A copy of its code is kept unpacked, for the
// workers.
func (c *Component) Deploy(ctx context.Context, f sdk.Function, progress sdk.Progress) (location string, err error) {
	return "this machine", c.server.Deploy(ctx, f, progress)
}

// Conditions implements oneshot.Backend: there is nothing that could be told without
// a call.
func (b backend) Conditions(context.Context, []record.Record) []oneshot.Condition { return nil }
