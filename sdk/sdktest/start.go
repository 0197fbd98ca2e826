package sdktest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/internal/subprocess"
	pb "github.com/fnhost/fn/sdk/proto/v1"
	"github.com/fnhost/fn/sdk/wire"
)

// instance is one process of the subject, or a component of this one.
type instance struct {
	*wire.Client
	runs *atomic.Int64 // calls of Run that have not returned; nil where unknown
}

// start starts one more instance of the subject, not configured. It ends with t.
func (u *suite) start(t *testing.T) *instance {
	t.Helper()
	t.TempDir() // what the test makes of these is removed when the instance has ended
	if u.subject.Executable != "" {
		p, err := subprocess.Start(u.subject.Executable, u.subject.Env, t.Output())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Stop)
		return &instance{Client: p.Client}
	}
	return serve(t, u.subject.New(t))
}

// serve serves a component of this process over gRPC.
func serve(t *testing.T, c sdk.Component) *instance {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	var runs atomic.Int64
	count := func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
		if info.FullMethod == pb.Component_Run_FullMethodName {
			runs.Add(1)
			defer runs.Add(-1)
		}
		return handle(srv, stream)
	}
	server := grpc.NewServer(append(wire.ServerOptions(), grpc.StreamInterceptor(count))...)
	wire.Register(server, c)
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(listener) }()
	conn, err := grpc.NewClient("passthrough:component", append(wire.DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
		<-served
		if closer, ok := c.(io.Closer); ok {
			if err := closer.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	})
	return &instance{Client: wire.NewClient(conn), runs: &runs}
}

// configured starts one more instance with the subject's settings; all of them
// share one state directory.
func (u *suite) configured(t *testing.T) *instance {
	t.Helper()
	cfg := u.config(t, u.rawSettings(t)) // its directories are removed after the instance has ended
	client := u.start(t)
	ctx, cancel := u.patient(t)
	defer cancel()
	if err := client.Configure(ctx, cfg); err != nil {
		t.Fatalf("configure: %v%s", err, hint(err))
	}
	return client
}

func (u *suite) config(t *testing.T, settings json.RawMessage) sdk.Config {
	return sdk.Config{
		Component: "subject", HostID: "sdktest-" + u.id,
		StateDir: u.stateDir, ScratchDir: t.TempDir(), Settings: settings,
	}
}

func (u *suite) rawSettings(t *testing.T) json.RawMessage {
	t.Helper()
	if u.subject.Settings == nil {
		return json.RawMessage("{}")
	}
	raw, err := json.Marshal(u.subject.Settings)
	if err != nil {
		t.Fatalf("Subject.Settings: %v", err)
	}
	return raw
}

// patient is the context of one step.
func (u *suite) patient(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), u.subject.Patience)
}

// path is the name of a check below Run, as in Subject.Skip.
func path(t *testing.T) string {
	_, name, _ := strings.Cut(t.Name(), "/")
	return name
}

func randomID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
