package sdk

import (
	"encoding/json"
	"sync"

	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

func (s *server) Deploy(r *pb.DeployRequest, stream grpc.ServerStreamingServer[pb.DeployEvent]) error {
	to := &progressTo{send: func(p *pb.Progress) {
		// A host that is gone shows in the context, not here.
		_ = stream.Send(&pb.DeployEvent{Event: &pb.DeployEvent_Progress{Progress: p}})
	}}
	f := functionFromWire(r.GetFunction())
	if err := s.takesImage(f.Image, f.Runtime); err != nil {
		return err
	}
	location, err := s.component.Deploy(stream.Context(), f, to.progress)
	to.end()
	if err != nil {
		return protocol.Status(err)
	}
	return stream.Send(&pb.DeployEvent{Event: &pb.DeployEvent_Deployed{
		Deployed: &pb.Deployed{Location: protocol.Text(location)},
	}})
}

// PrepareRuntime is Preparer's.
func (s *server) PrepareRuntime(r *pb.PrepareRuntimeRequest, stream grpc.ServerStreamingServer[pb.PrepareRuntimeEvent]) error {
	preparer, ok := s.component.(Preparer)
	if !ok {
		return s.lacks("prepare runtimes")
	}
	runtime := runtimeFromWire(r.GetRuntime())
	if err := s.takesImage("", runtime); err != nil {
		return err
	}
	to := &progressTo{send: func(p *pb.Progress) { _ = stream.Send(&pb.PrepareRuntimeEvent{Progress: p}) }}
	err := preparer.PrepareRuntime(stream.Context(), runtime, to.progress)
	to.end()
	return protocol.Status(err)
}

// takesImage refuses, for components that do not run images, what would need
// one.
func (s *server) takesImage(image string, r Runtime) error {
	if image == "" {
		image = r.Image
	}
	d := s.component.Describe()
	if image == "" || d.Limits.Images {
		return nil
	}
	return protocol.Status(Errorf(Invalid, "%s runs no images, such as %s", d.Name, image))
}

// progressTo sends progress until the operation has returned.
type progressTo struct {
	mu   sync.Mutex // a stream takes one message at a time
	over bool
	send func(*pb.Progress)
}

func (to *progressTo) progress(step string, done, total int64, unit string) {
	to.mu.Lock()
	defer to.mu.Unlock()
	if !to.over {
		to.send(&pb.Progress{Step: protocol.Text(step), Done: done, Total: total, Unit: protocol.Text(unit)})
	}
}

func (to *progressTo) end() {
	to.mu.Lock()
	defer to.mu.Unlock()
	to.over = true
}

func runtimeFromWire(r *pb.Runtime) Runtime {
	return Runtime{
		Name:         r.GetName(),
		Language:     r.GetLanguage(),
		Image:        r.GetImage(),
		Requirements: r.GetRequirements(),
		Preload:      r.GetPreload(),
	}
}

func functionFromWire(f *pb.Function) Function {
	return Function{
		Name:    f.GetName(),
		Version: int(f.GetVersion()),
		Runtime: runtimeFromWire(f.GetRuntime()),
		Handler: f.GetHandler(),
		Code: Bundle{
			Path:   f.GetCode().GetPath(),
			Digest: f.GetCode().GetDigest(),
			Size:   f.GetCode().GetSize(),
		},
		Image:   f.GetImage(),
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
		Images:         l.Images,
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
