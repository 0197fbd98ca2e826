package launch

import (
	"context"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/wire"
)

// attempt is one start by way of go-plugin, and what it made.
type attempt struct {
	spec    Spec
	log     *transcript
	child   *child
	rpc     *plugin.Client
	timeout time.Duration

	socketDir string // the private directory; set by go-plugin's Start

	client *wire.Client
	is     sdk.Description
	can    wire.Abilities
}

func newAttempt(s Spec) *attempt {
	log := &transcript{log: s.Log}
	a := &attempt{spec: s, log: log, child: newChild(exec.Command(s.Path), log), timeout: s.StartTimeout}
	if a.timeout <= 0 {
		a.timeout = DefaultStartTimeout
	}
	a.rpc = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		Plugins:          plugin.PluginSet{wire.PluginName: &wire.Plugin{}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		GRPCDialOptions:  wire.DialOptions(),
		RunnerFunc:       a.runner,
		SkipHostEnv:      true,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: s.SocketDir},
		AutoMTLS:         channel() == "tcp",
		StartTimeout:     time.Hour, // connect sets the limit: go-plugin's Start takes no context
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Off, Output: io.Discard}),
		// What a Go plugin prints after the handshake comes over the channel.
		SyncStdout: &splitter{to: log},
		SyncStderr: &splitter{to: log},
	})
	return a
}

// runner is go-plugin's way to ask for a process; cmd carries the variables
// that its server reads.
func (a *attempt) runner(_ hclog.Logger, cmd *exec.Cmd, socketDir string) (runner.Runner, error) {
	a.socketDir = socketDir
	a.child.cmd.Env = environment(a.spec.Env, cmd.Env)
	return a.child, nil
}

// connect runs go-plugin's start within ctx and the time limit: past them the
// process is killed, which ends whatever go-plugin waits for.
func (a *attempt) connect(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	stop := context.AfterFunc(limited, a.child.abort)
	err := a.dispense(limited)
	switch inTime := stop(); {
	case inTime && err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return a.late()
	}
	return a.explain(err)
}

// dispense makes the first call too: go-plugin connects without asking whether
// anybody is there.
func (a *attempt) dispense(ctx context.Context) error {
	protocol, err := a.rpc.Client()
	if err != nil {
		return err
	}
	dispensed, err := protocol.Dispense(wire.PluginName)
	if err != nil {
		return err
	}
	a.client = dispensed.(*wire.Client)
	a.is, a.can, err = a.client.Describe(ctx)
	return err
}

// abandon leaves nothing of the process.
func (a *attempt) abandon() {
	a.child.abort()
	a.child.wait()
	a.clean()
}

// clean frees what go-plugin holds of a process that has ended.
func (a *attempt) clean() {
	a.rpc.Kill()
	if a.socketDir != "" {
		_ = os.RemoveAll(a.socketDir)
	}
}

// environment is what the caller gives, then what go-plugin needs. A variable
// that go-plugin reads is never taken from the caller.
func environment(given, needed []string) []string {
	return append(slices.DeleteFunc(slices.Clone(given), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "PLUGIN_CLIENT_CERT", "PLUGIN_MULTIPLEX_GRPC", "PLUGIN_UNIX_SOCKET_GROUP":
			return true // the others are in needed, where the last one counts
		}
		return false
	}), needed...)
}
