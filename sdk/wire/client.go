package wire

import (
	"context"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

// Client is the host's end of one plugin process. Its methods are those of
// sdk.Component and of every optional ability; they may be called from many
// goroutines. Every error is an *sdk.Error that names component and operation.
type Client struct {
	rpc       pb.ComponentClient
	component atomic.Pointer[string] // its name in the manifest, once configured
	buffers   sync.Pool              // of events' chunks
}

// NewClient returns the client of the component that is served on conn, which
// should be dialed with DialOptions.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{rpc: pb.NewComponentClient(conn)}
}

// Abilities says which optional interfaces a component has.
type Abilities struct {
	Remove  bool // sdk.Remover
	Logs    bool // sdk.LogReader
	Pool    bool // sdk.PoolReporter
	Prepare bool // sdk.Preparer
	Collect bool // sdk.Collector
	Watch   bool // sdk.Watcher
}

// Describe asks what the component is and can do.
func (c *Client) Describe(ctx context.Context) (sdk.Description, Abilities, error) {
	r, err := c.rpc.Describe(ctx, &pb.DescribeRequest{})
	if err != nil {
		return sdk.Description{}, Abilities{}, c.fault(ctx, "describe", err)
	}
	var can Abilities
	for _, a := range r.GetAbilities() {
		switch a {
		case pb.Ability_ABILITY_REMOVE:
			can.Remove = true
		case pb.Ability_ABILITY_LOGS:
			can.Logs = true
		case pb.Ability_ABILITY_POOL:
			can.Pool = true
		case pb.Ability_ABILITY_PREPARE:
			can.Prepare = true
		case pb.Ability_ABILITY_COLLECT:
			can.Collect = true
		case pb.Ability_ABILITY_WATCH:
			can.Watch = true
		}
	}
	return sdk.Description{
		Name:    r.GetName(),
		Version: r.GetVersion(),
		Summary: r.GetSummary(),
		Env:     r.GetEnv(),
		Limits:  limitsFromWire(r.GetLimits()),
	}, can, nil
}

// Configure gives the component its name, directories and settings, once.
func (c *Client) Configure(ctx context.Context, config sdk.Config) error {
	c.component.Store(&config.Component)
	_, err := c.rpc.Configure(ctx, &pb.ConfigureRequest{
		Component:  config.Component,
		ConfigJson: config.Settings,
		HostId:     config.HostID,
		StateDir:   config.StateDir,
		ScratchDir: config.ScratchDir,

		PrivateDirs: config.PrivateDirs,
	})
	return c.fault(ctx, "configure", err)
}

// Validate is sdk.Component's.
func (c *Client) Validate(ctx context.Context) (sdk.Validation, error) {
	r, err := c.rpc.Validate(ctx, &pb.ValidateRequest{})
	if err != nil {
		return sdk.Validation{}, c.fault(ctx, "validate", err)
	}
	v := sdk.Validation{ValidFor: protocol.FromMillis(r.GetValidForMs())}
	for _, check := range r.GetChecks() {
		v.Checks = append(v.Checks, sdk.Check{
			Name:    check.GetName(),
			State:   protocol.Word[sdk.CheckState](check.GetState()),
			Message: check.GetMessage(),
			Hint:    check.GetHint(),
			Found:   check.GetFound(),
			Minimum: check.GetMinimum(),
		})
	}
	return v, nil
}

// Stop is sdk.Component's.
func (c *Client) Stop(ctx context.Context, function string) error {
	_, err := c.rpc.Stop(ctx, &pb.StopRequest{Function: function})
	return c.fault(ctx, "stop", err)
}

// Status is sdk.Component's.
func (c *Client) Status(ctx context.Context, functions ...string) ([]sdk.FunctionStatus, error) {
	r, err := c.rpc.Status(ctx, &pb.StatusRequest{Functions: functions})
	if err != nil {
		return nil, c.fault(ctx, "status", err)
	}
	return statesFromWire(r.GetFunctions()), nil
}

func statesFromWire(states []*pb.FunctionStatus) (out []sdk.FunctionStatus) {
	for _, f := range states {
		state := sdk.FunctionStatus{
			Name:     f.GetName(),
			State:    sdk.FunctionState(f.GetState()),
			Version:  int(f.GetVersion()),
			Running:  int(f.GetRunning()),
			Reason:   f.GetReason(),
			Observed: protocol.FromTime(f.GetObservedUnixMs()),
		}
		for _, w := range f.GetWorkers() {
			state.Workers = append(state.Workers, sdk.WorkerStatus{ID: w.GetId(), State: sdk.WorkerState(w.GetState())})
		}
		out = append(out, state)
	}
	return out
}

// fault is the error of an RPC as users should hear of it; nil stays nil.
func (c *Client) fault(ctx context.Context, operation string, err error) error {
	if err == nil {
		return nil
	}
	return c.name(operation, protocol.FromStatus(ctx, err))
}

func (c *Client) name(operation string, e *sdk.Error) *sdk.Error {
	component := ""
	if name := c.component.Load(); name != nil {
		component = *name
	}
	return e.In(component, operation)
}
