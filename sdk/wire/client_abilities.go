package wire

import (
	"context"
	"io"
	"time"
	"unicode/utf8"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

var (
	_ sdk.Remover      = (*Client)(nil)
	_ sdk.LogReader    = (*Client)(nil)
	_ sdk.PoolReporter = (*Client)(nil)
	_ sdk.Preparer     = (*Client)(nil)
	_ sdk.Collector    = (*Client)(nil)
	_ sdk.Watcher      = (*Client)(nil)
)

// Remove is sdk.Remover's; Unimplemented where the component has it not.
func (c *Client) Remove(ctx context.Context, function string) error {
	_, err := c.rpc.Remove(ctx, &pb.RemoveRequest{Function: function})
	return c.fault(ctx, "remove", err)
}

// Logs is sdk.LogReader's; Unimplemented where the component has it not. An
// error of each ends it and is returned as it is.
func (c *Client) Logs(ctx context.Context, function string, tail int, each func(sdk.LogRecord) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.rpc.Logs(ctx, &pb.LogsRequest{Function: function, Tail: int64(tail)})
	if err != nil {
		return c.fault(ctx, "logs", err)
	}
	for {
		r, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return c.fault(ctx, "logs", err)
		}
		err = each(sdk.LogRecord{
			Time:   protocol.FromTime(r.GetTimeUnixMs()),
			Call:   r.GetCall(),
			Stream: protocol.Word[sdk.LogStream](r.GetStream()),
			Text:   r.GetText(),
		})
		if err != nil {
			return err
		}
	}
}

// Pool is sdk.PoolReporter's; Unimplemented where the component has it not.
func (c *Client) Pool(ctx context.Context) ([]sdk.PoolEntry, error) {
	r, err := c.rpc.Pool(ctx, &pb.PoolRequest{})
	if err != nil {
		return nil, c.fault(ctx, "pool", err)
	}
	var entries []sdk.PoolEntry
	for _, e := range r.GetPools() {
		entries = append(entries, sdk.PoolEntry{
			Runtime:  e.GetRuntime(),
			Function: e.GetFunction(),
			Warm:     int(e.GetWarm()),
			Starting: int(e.GetStarting()),
			Running:  int(e.GetRunning()),
			Want:     int(e.GetWant()),
			HitRate:  e.GetHitRate(),
			Refill:   time.Duration(e.GetRefillMs() * float64(time.Millisecond)),
			Why:      e.GetWhy(),
		})
	}
	return entries, nil
}

// PrepareRuntime is sdk.Preparer's; Unimplemented where the component has it
// not. progress may be nil; it is called from PrepareRuntime's own goroutine.
func (c *Client) PrepareRuntime(ctx context.Context, r sdk.Runtime, progress sdk.Progress) error {
	const operation = "prepare"
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if !utf8.ValidString(r.Requirements) {
		return c.name(operation, sdk.Errorf(sdk.Invalid, "the requirements are not valid UTF-8"))
	}
	stream, err := c.rpc.PrepareRuntime(ctx, &pb.PrepareRuntimeRequest{Runtime: runtimeToWire(r)})
	if err != nil {
		return c.fault(ctx, operation, err)
	}
	for {
		event, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return c.fault(ctx, operation, err)
		}
		if p := event.GetProgress(); p != nil && progress != nil {
			progress(p.GetStep(), p.GetDone(), p.GetTotal(), p.GetUnit())
		}
	}
}

// Collect is sdk.Collector's; Unimplemented where the component has it not.
// progress may be nil; it is called from Collect's own goroutine.
func (c *Client) Collect(ctx context.Context, runtimes []sdk.Runtime, progress sdk.Progress) (removed []string, err error) {
	const operation = "gc"
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	request := &pb.CollectRequest{}
	for _, r := range runtimes {
		request.Runtimes = append(request.Runtimes, runtimeToWire(r))
	}
	stream, err := c.rpc.Collect(ctx, request)
	if err != nil {
		return nil, c.fault(ctx, operation, err)
	}
	for {
		event, err := stream.Recv()
		if err == io.EOF {
			return removed, nil
		}
		if err != nil {
			return removed, c.fault(ctx, operation, err)
		}
		if what := event.GetRemoved(); what != "" {
			removed = append(removed, what)
		}
		if p := event.GetProgress(); p != nil && progress != nil {
			progress(p.GetStep(), p.GetDone(), p.GetTotal(), p.GetUnit())
		}
	}
}

// Watch is sdk.Watcher's; Unimplemented where the component has it not. An error
// of each ends it and is returned as it is.
func (c *Client) Watch(ctx context.Context, each func(sdk.Observation) error) error {
	const operation = "watch"
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.rpc.Watch(ctx, &pb.WatchRequest{})
	if err != nil {
		return c.fault(ctx, operation, err)
	}
	for {
		o, err := stream.Recv()
		if err != nil {
			return c.fault(ctx, operation, unfinished(err))
		}
		if err := each(sdk.Observation{At: protocol.FromTime(o.GetObservedUnixMs()), Functions: statesFromWire(o.GetFunctions())}); err != nil {
			return err
		}
	}
}
