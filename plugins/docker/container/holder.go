package container

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/plugins/docker/program"
)

// A holder is a container that does nothing but keep a network, for one worker
// after the other: a container that joins it starts in half the time of one for
// which the engine makes a network. See package worker/hold.
type holder struct {
	instance
	stream *attached
	lines  *bufio.Reader
	since  time.Time // when it was last of use
	lost   bool      // it did not answer
}

const (
	// answerLimit bounds an answer, which takes a millisecond.
	answerLimit = time.Second
	// readyLimit bounds the start of a holder.
	readyLimit = 30 * time.Second

	holderMemory    = 32 << 20 // bytes, of which it uses 3
	holderProcesses = 32       // with threads, of which it has some 6
)

// hold starts a holder on a network.
func (l *Launcher) hold(ctx context.Context, network container.NetworkMode) (*holder, error) {
	ref, err := l.cfg.Empty(ctx)
	if err != nil {
		return nil, err
	}
	volume, err := l.programs.volume(ctx)
	if err != nil {
		return nil, err
	}
	made, err := l.create(ctx, ref, l.holderConfig(ref), l.holderHost(network, volume))
	if err != nil {
		return nil, err
	}
	h := &holder{instance: made}
	if err := h.start(ctx); err != nil {
		h.end()
		return nil, err
	}
	return h, nil
}

func (h *holder) start(ctx context.Context) (err error) {
	if h.stream, err = h.attach(ctx); err != nil {
		return err
	}
	h.lines = bufio.NewReader(h.stream)
	if err := h.engine.ContainerStart(ctx, h.id, container.StartOptions{}); err != nil {
		return h.engine.Explain(err)
	}
	switch line, err := h.hear(readyLimit); {
	case err != nil:
		return err
	case line != "ready\n":
		return fmt.Errorf("a holder said %q in place of ready", line)
	}
	return nil
}

// clean tells whether its last worker, whose container must be gone, left nothing
// in the network.
func (h *holder) clean() bool {
	_, err := io.WriteString(h.stream, "check\n")
	line := ""
	if err == nil {
		line, err = h.hear(answerLimit)
	}
	h.lost = err != nil
	return line == "clean\n"
}

func (h *holder) hear(limit time.Duration) (line string, err error) {
	if err := h.stream.Conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return "", err
	}
	return h.lines.ReadString('\n')
}

// end returns when the engine has removed it.
func (h *holder) end() {
	if h.stream != nil {
		h.stream.Close()
	}
	h.remove(h.stream != nil)
}

func (l *Launcher) holderConfig(ref string) *container.Config {
	return &container.Config{
		Image: ref, Labels: l.cfg.Owner.Labels("holder"),
		Entrypoint: []string{program.Dir + "/" + program.Worker}, Cmd: l.filtered("-hold"),
		User: nobody, WorkingDir: "/", StopSignal: stopSignal,
		AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true,
		Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
	}
}

// holderHost isolates a holder as a worker is. It has no files of its own.
func (l *Launcher) holderHost(network container.NetworkMode, volume string) *container.HostConfig {
	h := l.host(Kind{Memory: holderMemory - room}, network, volume)
	most := int64(holderProcesses)
	h.PidsLimit, h.Tmpfs, h.IpcMode, h.ShmSize = &most, nil, container.IPCModeNone, 0
	return h
}
