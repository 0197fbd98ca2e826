package sdk

import (
	"context"
	"encoding/json"
	"sync"

	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

// Register serves c on a gRPC server of one's own. Main does it for a plugin.
func Register(s grpc.ServiceRegistrar, c Component) {
	pb.RegisterComponentServer(s, &server{component: c})
}

// server is the plugin's end of the wire. A panic of the component is not
// recovered: the process ends and the host explains it with its last lines.
type server struct {
	pb.UnimplementedComponentServer
	component Component

	mu         sync.Mutex
	configured bool
}

var _ pb.ComponentServer = (*server)(nil)

func (s *server) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	d := s.component.Describe()
	out := &pb.DescribeResponse{
		Name:    d.Name,
		Version: d.Version,
		Summary: d.Summary,
		Env:     d.Env,
		Limits:  limitsToWire(d.Limits),
	}
	if _, ok := s.component.(Remover); ok {
		out.Abilities = append(out.Abilities, pb.Ability_ABILITY_REMOVE)
	}
	if _, ok := s.component.(LogReader); ok {
		out.Abilities = append(out.Abilities, pb.Ability_ABILITY_LOGS)
	}
	if _, ok := s.component.(PoolReporter); ok {
		out.Abilities = append(out.Abilities, pb.Ability_ABILITY_POOL)
	}
	if _, ok := s.component.(Preparer); ok {
		out.Abilities = append(out.Abilities, pb.Ability_ABILITY_PREPARE)
	}
	if _, ok := s.component.(Collector); ok {
		out.Abilities = append(out.Abilities, pb.Ability_ABILITY_COLLECT)
	}
	if _, ok := s.component.(Watcher); ok {
		out.Abilities = append(out.Abilities, pb.Ability_ABILITY_WATCH)
	}
	return out, nil
}

func (s *server) Configure(ctx context.Context, r *pb.ConfigureRequest) (*pb.ConfigureResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.configured {
		return nil, protocol.Status(Errorf(Conflict, "already configured: a process is configured once"))
	}
	err := configure(ctx, s.component, Config{
		Component:  r.GetComponent(),
		HostID:     r.GetHostId(),
		StateDir:   r.GetStateDir(),
		ScratchDir: r.GetScratchDir(),
		Settings:   json.RawMessage(r.GetConfigJson()),

		PrivateDirs: r.GetPrivateDirs(),
	})
	if err != nil {
		return nil, protocol.Status(err)
	}
	s.configured = true
	return &pb.ConfigureResponse{}, nil
}

// close ends the component, after a Configure that is under way.
func (s *server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return closeComponent(s.component)
}

// configure hands c to a component that takes it; one that does not has no
// settings, so any is refused.
func configure(ctx context.Context, component Component, c Config) error {
	if taker, ok := component.(Configurer); ok {
		return taker.Configure(ctx, c)
	}
	return c.Decode(&struct{}{})
}

func (s *server) Validate(ctx context.Context, _ *pb.ValidateRequest) (*pb.ValidateResponse, error) {
	v, err := s.component.Validate(ctx)
	if err != nil {
		return nil, protocol.Status(err)
	}
	out := &pb.ValidateResponse{ValidForMs: protocol.Millis(v.ValidFor)}
	for _, c := range v.Checks {
		out.Checks = append(out.Checks, &pb.Check{
			Name:    protocol.Text(c.Name),
			State:   protocol.Enum[pb.CheckState](c.State),
			Message: protocol.Text(c.Message),
			Hint:    protocol.Text(c.Hint),
			Found:   protocol.Text(c.Found),
			Minimum: protocol.Text(c.Minimum),
		})
	}
	return out, nil
}

func (s *server) Stop(ctx context.Context, r *pb.StopRequest) (*pb.StopResponse, error) {
	if err := s.component.Stop(ctx, r.GetFunction()); err != nil {
		return nil, protocol.Status(err)
	}
	return &pb.StopResponse{}, nil
}

func (s *server) Status(ctx context.Context, r *pb.StatusRequest) (*pb.StatusResponse, error) {
	states, err := s.component.Status(ctx, r.GetFunctions()...)
	if err != nil {
		return nil, protocol.Status(err)
	}
	return &pb.StatusResponse{Functions: statesToWire(states)}, nil
}

func statesToWire(states []FunctionStatus) (out []*pb.FunctionStatus) {
	for _, f := range states {
		state := &pb.FunctionStatus{
			Name:           protocol.Text(f.Name),
			State:          string(f.State),
			Version:        int64(f.Version),
			Running:        int64(f.Running),
			Reason:         protocol.Text(f.Reason),
			ObservedUnixMs: protocol.Time(f.Observed),
		}
		for _, w := range f.Workers {
			state.Workers = append(state.Workers, &pb.WorkerStatus{Id: protocol.Text(w.ID), State: string(w.State)})
		}
		out = append(out, state)
	}
	return out
}
