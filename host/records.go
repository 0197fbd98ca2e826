package host

import (
	"context"
	"os"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// ListCalls tells the last calls, newest first.
func (h *Host) ListCalls(ctx context.Context, _ api.Caller, req api.CallsRequest, _ api.Reporter) (api.CallList, error) {
	h.awaitRecords()
	last := req.Last
	if last == 0 {
		last = 20
	}
	list := api.CallList{Calls: []api.CallRecord{}}
	calls, err := h.registry.Calls(ctx, registry.Calls{Function: req.Name, Failed: req.Failed, Last: last})
	if err == nil && len(calls) == 0 && req.Name != "" { // records outlive their function
		_, err = h.registry.Get(ctx, req.Name)
	}
	for _, c := range calls {
		list.Calls = append(list.Calls, callOf(c))
	}
	return list, err
}

// ShowCall tells one call.
func (h *Host) ShowCall(ctx context.Context, _ api.Caller, req api.CallRef, _ api.Reporter) (api.CallRecord, error) {
	h.awaitRecords()
	c, err := h.registry.Call(ctx, req.ID)
	return callOf(c), err
}

// awaitRecords waits for the records of calls whose reply was sent.
func (h *Host) awaitRecords() {
	h.records.Lock()
	h.records.Unlock()
}

// HostStatus tells about this process.
func (h *Host) HostStatus(context.Context, api.Caller, api.None, api.Reporter) (api.HostState, error) {
	return api.HostState{
		Running: true,
		PID:     os.Getpid(),
		Version: h.opts.Version,
		Build:   h.opts.Build,
		Since:   api.Time{Time: h.since},
		Calls:   int(h.calls.Load()),
		Plugins: len(h.processes.running()),
	}, nil
}

// HostStop takes no new calls from now on and ends the host when those in
// flight are done; with Now they are canceled.
func (h *Host) HostStop(_ context.Context, _ api.Caller, req api.HostStopRequest, _ api.Reporter) (api.None, error) {
	h.drain()
	if req.Now {
		h.cancel(stoppedNow())
	}
	return api.None{}, nil
}

// Pool tells what waits for calls in every plugin that is up.
func (h *Host) Pool(ctx context.Context, _ api.Caller, _ api.None, _ api.Reporter) (api.PoolList, error) {
	list := api.PoolList{Pools: []api.PoolEntry{}}
	for _, p := range h.processes.running() {
		var entries []sdk.PoolEntry
		err := attended(ctx, p, silence, func(ctx context.Context) (err error) {
			entries, err = p.Client().Pool(ctx)
			return err
		})
		if fault.KindOf(err) == fault.Unimplemented {
			continue
		}
		if err != nil {
			return list, fault.From(p.Wrap(err)).In(p.component, "pool")
		}
		for _, e := range entries {
			list.Pools = append(list.Pools, api.PoolEntry{
				Component: p.component, Runtime: e.Runtime, Function: e.Function, Warm: e.Warm, Starting: e.Starting,
				Running: e.Running, Want: e.Want, HitRate: e.HitRate, RefillMS: milliseconds(e.Refill), Why: e.Why, Process: p.PID(),
			})
		}
	}
	return list, nil
}
