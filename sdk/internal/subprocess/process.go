package subprocess

import (
	"context"
	"io"
	"os/exec"
	"strconv"

	"github.com/hashicorp/go-plugin/runner"
)

// process is go-plugin's runner with a pipe as standard input, which its own
// has not.
type process struct {
	cmd            *exec.Cmd
	stdin          io.Closer
	stdout, stderr io.ReadCloser
	ended          chan struct{}
}

var _ runner.Runner = (*process)(nil)

func newProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	var err error
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.stdout, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	p.stderr, err = cmd.StderrPipe()
	return p, err
}

func (p *process) Start(context.Context) error { return p.cmd.Start() }

// Wait is called once by go-plugin, when both output pipes have ended.
func (p *process) Wait(context.Context) error {
	err := p.cmd.Wait()
	close(p.ended)
	return err
}

func (p *process) Kill(context.Context) error {
	if p.cmd.Process == nil {
		return nil
	}
	return p.cmd.Process.Kill()
}

func (p *process) Stdout() io.ReadCloser           { return p.stdout }
func (p *process) Stderr() io.ReadCloser           { return p.stderr }
func (p *process) Name() string                    { return p.cmd.Path }
func (p *process) ID() string                      { return strconv.Itoa(p.cmd.Process.Pid) }
func (p *process) Diagnose(context.Context) string { return "" }

func (p *process) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
