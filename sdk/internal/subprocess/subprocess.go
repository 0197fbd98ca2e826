// Package subprocess starts a plugin executable the way a host does, for tests:
// a go-plugin over gRPC whose standard input is a pipe that carries nothing and
// ends when the host does. A host proper adds checksums, filtered environment
// and process groups.
package subprocess

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/fnhost/fn/sdk/wire"
)

// Plugin is a plugin process and the client of its component.
type Plugin struct {
	*wire.Client
	process *process
	manager *plugin.Client
}

// Start starts the executable at path with env on top of this process's
// environment; what it prints on standard error goes to stderr.
func Start(path string, env []string, stderr io.Writer) (*Plugin, error) {
	p := &Plugin{}
	p.manager = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		Plugins:          plugin.PluginSet{wire.PluginName: &wire.Plugin{}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		GRPCDialOptions:  wire.DialOptions(),
		Logger:           hclog.NewNullLogger(),
		Stderr:           stderr,
		StartTimeout:     20 * time.Second,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: shortTempDir()},
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
			cmd := exec.Command(path)
			cmd.Env = append(spec.Env, env...)
			var err error
			p.process, err = newProcess(cmd)
			return p.process, err
		},
	})
	protocol, err := p.manager.Client()
	if err != nil {
		p.manager.Kill()
		return nil, fmt.Errorf("%s does not start as a plugin: %w", path, err)
	}
	dispensed, err := protocol.Dispense(wire.PluginName)
	if err != nil {
		p.manager.Kill()
		return nil, err
	}
	p.Client = dispensed.(*wire.Client)
	return p, nil
}

// Stop asks the process to end, and ends it when it does not within 2 s.
func (p *Plugin) Stop() { p.manager.Kill() }

// Process is the plugin's process.
func (p *Plugin) Process() *os.Process { return p.process.cmd.Process }

// CloseStdin is what a plugin sees when its host dies.
func (p *Plugin) CloseStdin() error { return p.process.stdin.Close() }

// Ended is closed when the process is gone.
func (p *Plugin) Ended() <-chan struct{} { return p.process.ended }

// State tells how the process ended, once it has.
func (p *Plugin) State() *os.ProcessState { return p.process.cmd.ProcessState }

// shortTempDir is where a unix socket's path stays below its limit of about 100
// bytes.
func shortTempDir() string {
	if dir := os.TempDir(); runtime.GOOS == "windows" || len(dir) < 40 {
		return dir
	}
	return "/tmp"
}
