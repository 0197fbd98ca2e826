package sdk

import (
	"encoding/json"
	"sync"

	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

func (s *server) Deploy(r *pb.DeployRequest, stream grpc.ServerStreamingServer[pb.DeployEvent]) error {
	var mu sync.Mutex // a stream takes one message at a time
	over := false
	progress := func(step string, done, total int64, unit string) {
		mu.Lock()
		defer mu.Unlock()
		if over {
			return
		}
		// A host that is gone shows in the context, not here.
		_ = stream.Send(&pb.DeployEvent{Event: &pb.DeployEvent_Progress{Progress: &pb.Progress{
			Step: protocol.Text(step), Done: done, Total: total, Unit: protocol.Text(unit),
		}}})
	}
	location, err := s.component.Deploy(stream.Context(), functionFromWire(r.GetFunction()), progress)

	mu.Lock()
	defer mu.Unlock()
	over = true
	if err != nil {
		return protocol.Status(err)
	}
	return stream.Send(&pb.DeployEvent{Event: &pb.DeployEvent_Deployed{
		Deployed: &pb.Deployed{Location: protocol.Text(location)},
	}})
}

func functionFromWire(f *pb.Function) Function {
	return Function{
		Name:    f.GetName(),
		Version: int(f.GetVersion()),
		Runtime: Runtime{
			Name:     f.GetRuntime().GetName(),
			Language: f.GetRuntime().GetLanguage(),
			Image:    f.GetRuntime().GetImage(),
		},
		Handler: f.GetHandler(),
		Code: Bundle{
			Path:   f.GetCode().GetPath(),
			Digest: f.GetCode().GetDigest(),
			Size:   f.GetCode().GetSize(),
		},
		Memory:  f.GetMemoryBytes(),
		CPUs:    f.GetCpus(),
		Timeout: protocol.FromMillis(f.GetTimeoutMs()),
		Network: Network(f.GetNetwork()),
		Warm:    int(f.GetWarm()),
		Env:     f.GetEnv(),
		Options: json.RawMessage(f.GetOptionsJson()),
	}
}

func limitsToWire(l Limits) *pb.Limits {
	out := &pb.Limits{
		OnThisMachine:  l.OnThisMachine,
		Logs:           protocol.Enum[pb.LogDelivery](l.Logs),
		CancelEndsCall: l.CancelEndsCall,
		StopEndsCalls:  l.StopEndsCalls,
		KeepsVersions:  l.KeepsVersions,
		LimitsMemory:   l.LimitsMemory,
		MaxBundleBytes: l.MaxBundle,
	}
	for _, language := range l.Languages {
		out.Languages = append(out.Languages, &pb.Language{
			Name:           language.Name,
			MaxEventBytes:  language.MaxEvent,
			MaxResultBytes: language.MaxResult,
		})
	}
	return out
}
