package host

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/api/serve"
	"github.com/fnhost/fn/host/settings"
)

// tick is how often the host looks whether it is idle and which plugins are
// unused.
const tick = 5 * time.Second

// Serve answers callers until the host is told to stop, was idle for long
// enough, or ctx ends. Calls in flight end first, unless ctx ended.
func (h *Host) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:  h.handler(),
		ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelWarn),
	}
	go h.watch(l, marks(h.files(l)...))
	go h.catalog.Run(h.ctx)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ownOnly(l)) }()
	defer server.Close()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		h.drain()
		h.cancel(stoppedNow())
	case <-h.draining:
	}
	h.awaitIdle(ctx)
	shutdown, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := server.Shutdown(shutdown); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// endLimit is how long requests that were told to end may take for it.
const endLimit = 5 * time.Second

// awaitIdle returns when no request is in flight any more, or when those that
// were told to end did not.
func (h *Host) awaitIdle(ctx context.Context) {
	const look = 5 * time.Millisecond
	var late <-chan time.Time
	told := h.ctx.Done()
	for h.requests.Load() > 0 {
		select {
		case <-ctx.Done():
			h.cancel(stoppedNow())
			ctx = context.Background()
		case <-told:
			told, late = nil, time.After(endLimit)
		case <-late:
			h.log.Error("requests do not end, ending without them", "requests", h.requests.Load())
			return
		case <-time.After(look):
		}
	}
}

// watch ends an idle host, one that has lost its place, and unused plugins.
func (h *Host) watch(l net.Listener, own []mark) {
	for {
		select {
		case <-h.draining:
			return
		case <-time.After(min(tick, h.idleExit()/4)):
		}
		h.processes.reap()
		if path, yes := displaced(own); yes {
			h.log.Error("a file of this host is gone or replaced, ending", "file", path)
			if socket, ok := l.(*net.UnixListener); ok {
				socket.SetUnlinkOnClose(false) // what is there now may be another's
			}
			h.drain()
		}
		idle := time.Since(h.since) - time.Duration(h.lastUsed.Load())
		if limit := h.idleExit(); !h.opts.Private && h.requests.Load() == 0 && idle >= limit {
			h.log.Info("idle, ending", "after", limit)
			h.drain()
		}
	}
}

// files are those that must stay where they are while the host lives.
func (h *Host) files(l net.Listener) []string {
	files := []string{l.Addr().String(), h.opts.Dirs.Database()}
	if h.opts.Private {
		return files // the lock is another's
	}
	return append(files, h.opts.Dirs.LockFile())
}

// idleExit is how long the host lives without calls.
func (h *Host) idleExit() time.Duration {
	s, err := h.configured()
	if err != nil || s.Host.IdleExit <= 0 {
		return settings.DefaultIdleExit
	}
	return s.Host.IdleExit
}

// touch notes that the host is used. It goes by the monotonic clock: setting
// the other one neither ends the host nor keeps it.
func (h *Host) touch() { h.lastUsed.Store(int64(time.Since(h.since))) }

// enter admits a request unless the host is ending.
func (h *Host) enter(string) (leave func(), ok bool) {
	h.requests.Add(1)
	leave = func() {
		h.touch()
		h.requests.Add(-1)
	}
	select {
	case <-h.draining:
		return leave, false
	default:
		return leave, true
	}
}

// until returns ctx, ended also when the host ends.
func (h *Host) until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(h.ctx, func() { cancel(context.Cause(h.ctx)) })
	return ctx, func() { stop(); cancel(nil) }
}

// handler is every method of the host.
func (h *Host) handler() http.Handler {
	mux := http.NewServeMux()
	o := &serve.Options{Build: h.opts.Build, Enter: h.enter, Ready: h.checkSettings, Ending: h.draining, Panicked: func(method string, value any, stack []byte) {
		h.log.Error("panic", "method", method, "value", value, "stack", string(stack))
	}}
	serve.HandleRun(mux, o, h.Run)
	serve.Handle(mux, o, api.CreateFunction, h.CreateFunction)
	serve.Handle(mux, o, api.UpdateFunction, h.UpdateFunction)
	serve.Handle(mux, o, api.ApplyFunction, h.ApplyFunction)
	serve.Handle(mux, o, api.ListFunctions, h.ListFunctions)
	serve.Handle(mux, o, api.ShowFunction, h.ShowFunction)
	serve.Handle(mux, o, api.DeleteFunction, h.DeleteFunction)
	serve.Handle(mux, o, api.ListVersions, h.ListVersions)
	serve.Handle(mux, o, api.Rollback, h.Rollback)
	serve.Handle(mux, o, api.Deploy, h.Deploy)
	serve.Handle(mux, o, api.Stop, h.Stop)
	serve.Handle(mux, o, api.Remove, h.Remove)
	serve.Handle(mux, o, api.Status, h.Status)
	serve.Handle(mux, o, api.Logs, h.Logs)
	serve.Handle(mux, o, api.ListCalls, h.ListCalls)
	serve.Handle(mux, o, api.ShowCall, h.ShowCall)
	serve.Handle(mux, o, api.CreateRuntime, h.CreateRuntime)
	serve.Handle(mux, o, api.UpdateRuntime, h.UpdateRuntime)
	serve.Handle(mux, o, api.ListRuntimes, h.ListRuntimes)
	serve.Handle(mux, o, api.ShowRuntime, h.ShowRuntime)
	serve.Handle(mux, o, api.DeleteRuntime, h.DeleteRuntime)
	serve.Handle(mux, o, api.Pool, h.Pool)
	serve.Handle(mux, o, api.ListComponents, h.ListComponents)
	serve.Handle(mux, o, api.CheckComponents, h.CheckComponents)
	serve.Handle(mux, o, api.Why, h.Why)
	serve.Handle(mux, o, api.AddPlugin, h.AddPlugin)
	serve.Handle(mux, o, api.RemovePlugin, h.RemovePlugin)
	serve.Handle(mux, o, api.ListPlugins, h.ListPlugins)
	serve.Handle(mux, o, api.LockPlugins, h.LockPlugins)
	serve.Handle(mux, o, api.ShowSettings, h.ShowSettings)
	serve.Handle(mux, o, api.HostStatus, h.HostStatus)
	serve.Handle(mux, o, api.HostStop, h.HostStop)
	serve.Handle(mux, o, api.CollectGarbage, h.CollectGarbage)
	return mux
}
