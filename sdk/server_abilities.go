package sdk

import (
	"context"

	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

func (s *server) Remove(ctx context.Context, r *pb.RemoveRequest) (*pb.RemoveResponse, error) {
	remover, ok := s.component.(Remover)
	if !ok {
		return nil, s.lacks("remove functions")
	}
	if err := remover.Remove(ctx, r.GetFunction()); err != nil {
		return nil, protocol.Status(err)
	}
	return &pb.RemoveResponse{}, nil
}

func (s *server) Logs(r *pb.LogsRequest, stream grpc.ServerStreamingServer[pb.LogRecord]) error {
	reader, ok := s.component.(LogReader)
	if !ok {
		return s.lacks("keep logs")
	}
	err := reader.Logs(stream.Context(), r.GetFunction(), int(r.GetTail()), func(l LogRecord) error {
		return stream.Send(&pb.LogRecord{
			TimeUnixMs: protocol.Time(l.Time),
			Call:       protocol.Text(l.Call),
			Stream:     protocol.Enum[pb.LogStream](l.Stream),
			Text:       protocol.Text(l.Text),
		})
	})
	return protocol.Status(err)
}

func (s *server) Pool(ctx context.Context, _ *pb.PoolRequest) (*pb.PoolResponse, error) {
	reporter, ok := s.component.(PoolReporter)
	if !ok {
		return nil, s.lacks("keep a pool")
	}
	entries, err := reporter.Pool(ctx)
	if err != nil {
		return nil, protocol.Status(err)
	}
	out := &pb.PoolResponse{}
	for _, e := range entries {
		out.Pools = append(out.Pools, &pb.PoolEntry{
			Runtime:  protocol.Text(e.Runtime),
			Function: protocol.Text(e.Function),
			Warm:     int64(e.Warm),
			Starting: int64(e.Starting),
			Running:  int64(e.Running),
			Want:     int64(e.Want),
			HitRate:  e.HitRate,
			RefillMs: e.Refill.Seconds() * 1000,
			Why:      protocol.Text(e.Why),
		})
	}
	return out, nil
}

// Collect is Collector's.
func (s *server) Collect(r *pb.CollectRequest, stream grpc.ServerStreamingServer[pb.CollectEvent]) error {
	collector, ok := s.component.(Collector)
	if !ok {
		return s.lacks("keep anything to collect")
	}
	var runtimes []Runtime
	for _, one := range r.GetRuntimes() {
		runtimes = append(runtimes, runtimeFromWire(one))
	}
	to := &progressTo{send: func(p *pb.Progress) { _ = stream.Send(&pb.CollectEvent{Progress: p}) }}
	removed, err := collector.Collect(stream.Context(), runtimes, to.progress)
	to.end()
	for _, what := range removed {
		if sendErr := stream.Send(&pb.CollectEvent{Removed: protocol.Text(what)}); sendErr != nil {
			return sendErr
		}
	}
	return protocol.Status(err)
}

// Watch is Watcher's.
func (s *server) Watch(_ *pb.WatchRequest, stream grpc.ServerStreamingServer[pb.Observation]) error {
	watcher, ok := s.component.(Watcher)
	if !ok {
		return s.lacks("tell of changes")
	}
	err := watcher.Watch(stream.Context(), func(o Observation) error {
		return stream.Send(&pb.Observation{ObservedUnixMs: protocol.Time(o.At), Functions: statesToWire(o.Functions)})
	})
	return protocol.Status(err)
}

func (s *server) lacks(ability string) error {
	return protocol.Status(Errorf(Unimplemented, "%s does not %s", s.component.Describe().Name, ability))
}
