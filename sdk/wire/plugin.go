package wire

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/internal/protocol"
)

// PluginName is the name to dispense: the one entry of the plugin set.
const PluginName = protocol.PluginName

// Handshake is what a host starts a plugin with.
func Handshake() plugin.HandshakeConfig { return protocol.Handshake() }

// ServerOptions are those of a server that components are registered on.
func ServerOptions() []grpc.ServerOption { return protocol.ServerOptions() }

// DialOptions are those of a connection that NewClient is given.
func DialOptions() []grpc.DialOption { return protocol.DialOptions() }

// Register serves c on s.
func Register(s *grpc.Server, c sdk.Component) { sdk.Register(s, c) }

// Plugin makes a component a go-plugin: dispensed, it is a *Client. Impl is
// needed where it is served only.
type Plugin struct {
	plugin.NetRPCUnsupportedPlugin
	Impl sdk.Component
}

var _ plugin.GRPCPlugin = (*Plugin)(nil)

func (p *Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	Register(s, p.Impl)
	return nil
}

func (p *Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return NewClient(conn), nil
}
