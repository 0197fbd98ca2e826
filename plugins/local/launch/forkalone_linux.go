package launch

import (
	"context"
	"errors"
	"sync"

	"github.com/fnhost/fn/worker/template"
)

// ForkAlone starts a worker as a fork of a template of its own, which stop ends
// together with the worker. Nothing stays for other workers. The error says why
// workers of the kind are no forks.
func (l *Launcher) ForkAlone(ctx context.Context, kind Kind) (w *Worker, stop func(), err error) {
	if l.cfg.Sandbox == nil {
		return nil, nil, errNoSandbox
	}
	spec, err := l.cfg.Sandbox(kind)
	if err != nil {
		return nil, nil, err
	}
	if !template.Possible(spec) {
		return nil, nil, errNoSandbox
	}
	t, err := template.Start(ctx, l.templateConfig(kind))
	if err != nil {
		return nil, nil, err
	}
	w, err = l.forked(ctx, kind, t)
	if err != nil {
		t.Close()
		return nil, nil, err
	}
	return w, sync.OnceFunc(func() { w.Stop(); t.Close() }), nil
}

// errNoSandbox is why a fork would be no boundary.
var errNoSandbox = errors.New("there is no sandbox with process ids and files of its own")
