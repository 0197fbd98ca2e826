package program

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/pkg/stdcopy"
	"github.com/fnhost/fn/plugins/docker/enginetest"
)

// A holder is a container that keeps a network namespace.
type holder struct {
	t       *testing.T
	id      string
	stdin   io.WriteCloser
	answers *bufio.Reader
	ended   <-chan container.WaitResponse
}

// hold starts one on a bridge of its own.
func (p *place) hold(t *testing.T) *holder {
	t.Helper()
	bridge, err := p.NetworkCreate(t.Context(), "fn-test-"+strings.ToLower(p.labels[testLabel]), network.CreateOptions{Labels: p.labels})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.NetworkRemove(context.Background(), bridge.ID); err != nil {
			t.Error(err)
		}
	})
	image, err := Image(t.Context(), p.Engine)
	if err != nil {
		t.Fatal(err)
	}
	config := hostConfig(mounts(p.ensure(t)))
	config.NetworkMode = container.NetworkMode(bridge.ID)
	made, err := p.ContainerCreate(t.Context(), &container.Config{
		Image: image, Labels: p.labels, User: "65534:65534", Entrypoint: []string{Dir + "/" + Worker, "-hold"},
		OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true,
	}, config, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	hijacked, err := p.ContainerAttach(t.Context(), made.ID, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		t.Fatal(err)
	}
	reader, writer := io.Pipe()
	go func() {
		_, err := stdcopy.StdCopy(writer, t.Output(), hijacked.Reader)
		writer.CloseWithError(err)
	}()
	t.Cleanup(func() {
		p.ContainerRemove(context.Background(), made.ID, container.RemoveOptions{Force: true})
		hijacked.Close()
		reader.Close()
	})
	h := &holder{t: t, id: made.ID, stdin: hijacked.Conn, answers: bufio.NewReader(reader)}
	h.ended, _ = p.ContainerWait(t.Context(), made.ID, container.WaitConditionRemoved)
	if err := p.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	h.says("ready\n")
	return h
}

func (h *holder) says(want string) {
	h.t.Helper()
	got, err := h.answers.ReadString('\n')
	if err != nil || !strings.HasPrefix(got, want) {
		h.t.Fatalf("%q, %v, wanted %q", got, err, want)
	}
}

func (h *holder) check(want string) {
	h.t.Helper()
	if _, err := io.WriteString(h.stdin, "check\n"); err != nil {
		h.t.Fatal(err)
	}
	h.says(want)
}

// TestHolderTellsWhatAWorkerLeft lets functions do what leaves nothing and what
// leaves something for a while.
func TestHolderTellsWhatAWorkerLeft(t *testing.T) {
	p := newPlace(t)
	h := p.hold(t)
	for _, c := range []struct{ name, code, during, after string }{
		{"nothing", " return 1\n", "", "clean\n"},
		{"open", ` import socket
 s = socket.socket(socket.AF_UNIX); s.bind("\0name")
 u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 4000))
 print("here", flush=True)
 time.sleep(100)
`, "left: udp 127.0.0.1:4000, unix", "clean\n"},
		{"closed", ` import socket
 l = socket.create_server(("127.0.0.1", 0))
 c = socket.create_connection(l.getsockname())
 a = l.accept()[0]; c.close(); a.close(); l.close()
 return 1
`, "", "left: tcp 127.0.0.1:"},
	} {
		w := p.join(t, h)
		if c.during != "" {
			w.untilLog(t, py(c.code), func() { h.check(c.during) })
		} else if failure := w.call(t, py(c.code)); failure != nil {
			t.Errorf("%s: %+v", c.name, failure)
		}
		w.gone(t)
		h.check(c.after)
	}
	if err := h.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	(&contained{ended: h.ended}).gone(t)
}

// join starts a worker in the holder's network namespace.
func (p *place) join(t *testing.T, h *holder) *contained {
	t.Helper()
	p.network = container.NetworkMode("container:" + h.id)
	return p.start(t, mounts(p.ensure(t)), enginetest.Python(t), "python", "-interpreter", "python3")
}

// untilLog calls a function and ends it after its first word and then.
func (c *contained) untilLog(t *testing.T, code map[string]string, then func()) {
	t.Helper()
	c.then = func() { then(); c.Close() }
	if _, err := c.Inject(within(t), injection, zipped(t, code), c); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Call(within(t), call, strings.NewReader("{}"), c); err == nil {
		t.Error("the call succeeded")
	}
}
