package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

// closeTime is what a component has to end what it started. A host terminates the
// process 5 s after it asked it to end.
const closeTime = 4500 * time.Millisecond

// serve answers a host until that asks to end, is gone (end of standard input)
// or the process is terminated. The terminal's interrupt is not for a plugin:
// go-plugin ignores it.
func serve(c Component) int {
	s := &server{component: c}
	over := make(chan struct{}, 3)
	// From now on go-plugin sends what os.Stderr gets over the connection, where
	// the last lines before the end of the process are lost. It goes straight to
	// the host's pipe again with the first call, which comes after that.
	stderr := os.Stderr
	var first sync.Once
	direct := func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		first.Do(func() { os.Stderr = stderr })
		return handle(ctx, request)
	}

	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		over <- struct{}{}
	}()
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	go func() {
		<-terminated
		over <- struct{}{}
	}()
	go func() {
		plugin.Serve(&plugin.ServeConfig{
			HandshakeConfig: protocol.Handshake(),
			Plugins:         plugin.PluginSet{protocol.PluginName: &served{server: s}},
			GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
				options = append(options, protocol.ServerOptions()...)
				return grpc.NewServer(append(options, grpc.ChainUnaryInterceptor(direct))...)
			},
			Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: stderr}),
		})
		over <- struct{}{}
	}()

	<-over
	closed := make(chan error, 1)
	go func() { closed <- s.close() }()
	select {
	case err := <-closed:
		if err == nil {
			return 0
		}
		fmt.Fprintln(stderr, "close:", err)
	case <-time.After(closeTime):
		fmt.Fprintf(stderr, "close: took longer than %v\n", closeTime)
	}
	return Internal.ExitCode()
}

// served is the plugin's half of a go-plugin; a host uses wire.Plugin.
type served struct {
	plugin.NetRPCUnsupportedPlugin
	server *server
}

var _ plugin.GRPCPlugin = (*served)(nil)

func (p *served) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	pb.RegisterComponentServer(s, p.server)
	return nil
}

func (p *served) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a plugin does not call itself")
}
