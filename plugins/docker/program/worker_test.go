package program

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/pkg/stdcopy"
	"github.com/fnhost/fn/worker"
)

const (
	workDir = "/work"
	limit   = 64 << 20 // bytes of memory
)

var (
	injection = worker.Injection{Function: "f", Version: "1", MemoryBytes: limit}
	call      = worker.Call{ID: "1", TimeoutMillis: 20_000}
)

// A contained worker is process 1 of a container, with as little as it needs.
type contained struct {
	*worker.Conn
	place *place
	id    string
	ended <-chan container.WaitResponse
	out   bytes.Buffer // results of the function
	log   bytes.Buffer
	then  func() // called at the first word of the log
}

// Log implements worker.Output.
func (c *contained) Log(_ worker.Stream, p []byte) error {
	c.log.Write(p)
	if c.then != nil {
		c.then()
		c.then = nil
	}
	return nil
}

// Result implements worker.Output.
func (c *contained) Result(p []byte) error { c.out.Write(p); return nil }

// An attached is the two streams of a container as one.
type attached struct {
	types.HijackedResponse
	stdout *io.PipeReader
}

func (a attached) Read(p []byte) (int, error)  { return a.stdout.Read(p) }
func (a attached) Write(p []byte) (int, error) { return a.Conn.Write(p) }
func (a attached) Close() error                { a.HijackedResponse.Close(); return a.stdout.Close() }

func hostConfig(programs []mount.Mount) *container.HostConfig {
	pids := int64(64)
	return &container.HostConfig{
		Mounts: programs, NetworkMode: "none", ReadonlyRootfs: true,
		Tmpfs: map[string]string{
			workDir: "rw,exec,nosuid,nodev,size=32m,mode=0700,uid=65534,gid=65534",
			"/tmp":  "rw,exec,nosuid,nodev,size=16m,mode=1777",
		},
		CapDrop: []string{"ALL"}, SecurityOpt: []string{"no-new-privileges"},
		LogConfig: container.LogConfig{Type: "none"}, AutoRemove: true,
		Resources: container.Resources{Memory: limit, MemorySwap: limit, PidsLimit: &pids},
	}
}

// start starts a worker of a language in a container of an image and waits for
// its Hello.
func (p *place) start(t testing.TB, programs []mount.Mount, image, language string, flags ...string) *contained {
	t.Helper()
	c := p.launch(t, programs, image, language, flags...)
	hello, err := c.Hello(within(t))
	if err != nil || hello.PID != 1 {
		t.Fatalf("%s: %+v, %v", language, hello, err)
	}
	return c
}

func (p *place) launch(t testing.TB, programs []mount.Mount, image, language string, flags ...string) *contained {
	t.Helper()
	name := Worker
	if language == "provided" {
		name = WorkerProvided
	}
	config := &container.Config{
		Image: image, Labels: p.labels, User: "65534:65534", WorkingDir: "/",
		Entrypoint: append([]string{Dir + "/" + name, "-language", language, "-dir", workDir, "-contained"}, flags...),
		OpenStdin:  true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true,
	}
	host := hostConfig(programs)
	if p.network != "" {
		host.NetworkMode = p.network
	}
	made, err := p.ContainerCreate(t.Context(), config, host, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	c := &contained{place: p, id: made.ID}
	hijacked, err := p.ContainerAttach(t.Context(), c.id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		t.Fatal(err)
	}
	reader, writer := io.Pipe()
	go func() {
		_, err := stdcopy.StdCopy(writer, t.Output(), hijacked.Reader)
		writer.CloseWithError(err)
	}()
	c.Conn = worker.NewConn(attached{hijacked, reader})
	t.Cleanup(func() {
		p.ContainerRemove(context.Background(), c.id, container.RemoveOptions{Force: true})
		c.Close()
	})
	c.ended, _ = p.ContainerWait(t.Context(), c.id, container.WaitConditionRemoved)
	if err := p.ContainerStart(t.Context(), c.id, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// call makes the worker the function of the code and calls it.
func (c *contained) call(t testing.TB, code map[string]string) *worker.Failure {
	t.Helper()
	if _, err := c.Inject(within(t), injection, zipped(t, code), c); err != nil {
		t.Fatalf("inject: %v\n%s", err, c.log.String())
	}
	end, err := c.Call(within(t), call, strings.NewReader("{}"), c)
	if err != nil {
		t.Fatalf("call: %v\n%s", err, c.log.String())
	}
	return end.Failure
}

// gone waits until the container has removed itself.
func (c *contained) gone(t testing.TB) {
	t.Helper()
	select {
	case <-c.ended:
	case <-time.After(30 * time.Second):
		t.Error("the container is still there")
	}
}

func zipped(t testing.TB, code map[string]string) io.Reader {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for name, text := range code {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		header.SetMode(0o755)
		part, err := w.CreateHeader(header)
		if err == nil {
			_, err = io.WriteString(part, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &packed
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func mounts(volume string) []mount.Mount { return []mount.Mount{Mount(volume)} }
