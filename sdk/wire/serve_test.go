package wire_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/wire"
)

// component is a component made of functions; those left out do nothing.
type component struct {
	configure func(sdk.Config) error
	validate  func(context.Context) (sdk.Validation, error)
	deploy    func(context.Context, sdk.Function, sdk.Progress) (string, error)
	run       func(context.Context, sdk.Invocation, sdk.Output) (sdk.Report, error)
	status    func(names ...string) ([]sdk.FunctionStatus, error)
	stop      func(name string) error

	imageless bool
}

func (c component) Describe() sdk.Description {
	d := description
	d.Limits.Images = !c.imageless
	return d
}

func (c component) Configure(_ context.Context, config sdk.Config) error {
	if c.configure == nil {
		return nil
	}
	return c.configure(config)
}

func (c component) Validate(ctx context.Context) (sdk.Validation, error) { return c.validate(ctx) }

func (c component) Deploy(ctx context.Context, f sdk.Function, p sdk.Progress) (string, error) {
	return c.deploy(ctx, f, p)
}

func (c component) Run(ctx context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
	return c.run(ctx, inv, out)
}

func (c component) Stop(_ context.Context, name string) error { return c.stop(name) }

func (c component) Status(_ context.Context, names ...string) ([]sdk.FunctionStatus, error) {
	return c.status(names...)
}

var description = sdk.Description{
	Name: "fake", Version: "1.2.3", Summary: "for tests", Env: []string{"FAKE_*", "HOME"},
	Limits: sdk.Limits{
		Languages:      []sdk.Language{{Name: "exec"}, {Name: "python", MaxEvent: 1 << 20, MaxResult: 2 << 20}},
		OnThisMachine:  true,
		Logs:           sdk.LogsLive,
		CancelEndsCall: true,
		StopEndsCalls:  true,
		KeepsVersions:  true,
		LimitsMemory:   true,
		Images:         true,
		MaxBundle:      3 << 20,
	},
}

// serve serves c on a unix socket and returns its client.
func serve(t testing.TB, c sdk.Component) *wire.Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(wire.ServerOptions()...)
	wire.Register(server, c)
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(listener) }()
	conn, err := grpc.NewClient("unix:"+socket,
		append(wire.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
		<-served
	})
	return wire.NewClient(conn)
}
