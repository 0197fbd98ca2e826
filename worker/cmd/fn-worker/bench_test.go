//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

// program builds the worker as it is shipped, and tells what it weighs.
func program(b *testing.B) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "fn-worker")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return file
}

// ready starts the program; end closes it and waits for its end.
func ready(b *testing.B, file, language string) (c *worker.Conn, cmd *exec.Cmd, end func()) {
	b.Helper()
	ours, theirs, err := worker.Pair()
	if err != nil {
		b.Fatal(err)
	}
	args := []string{"-language", language, "-dir", filepath.Join(b.TempDir(), "w")}
	if language != "exec" {
		args = append(args, "-interpreter", interpreterOf(b, language))
	}
	cmd = exec.Command(file, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	theirs.Close()
	c = worker.NewConn(ours)
	if _, err := c.Hello(b.Context()); err != nil {
		b.Fatal(err)
	}
	return c, cmd, func() { c.Close(); cmd.Wait() }
}

// BenchmarkStart is from the start of the process to its Hello.
func BenchmarkStart(b *testing.B) {
	for _, language := range []string{"exec", "python", "node"} {
		b.Run(language, func(b *testing.B) {
			file := program(b)
			for b.Loop() {
				_, cmd, end := ready(b, file, language)
				b.StopTimer()
				b.ReportMetric(float64(resident(cmd.Process.Pid)), "KiB-idle")
				end()
				b.StartTimer()
			}
			info, _ := os.Stat(file)
			b.ReportMetric(float64(info.Size()>>10), "KiB-file")
		})
	}
}

// BenchmarkCall is the way of one call through a waiting worker.
func BenchmarkCall(b *testing.B) {
	for name, c := range map[string]struct {
		language string
		code     files
	}{
		"exec":   {"exec", sh("echo ok")},
		"python": {"python", py("def handler(event, context): return event")},
		"node":   {"node", js("exports.handler = async (event) => event")},
		"module": {"node", files{"index.mjs": "export const handler = async (event) => event"}},
	} {
		b.Run(name, func(b *testing.B) {
			file, code := program(b), c.code.zip(b)
			in := worker.Injection{Function: "f", Version: "1", CodeDigest: digest(code), MemoryBytes: 128 << 20}
			var inject, load, call int64
			b.StopTimer()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				conn, _, end := ready(b, file, c.language)
				b.StartTimer()
				ack, err := conn.Inject(b.Context(), in, bytes.NewReader(code), nil)
				if err != nil {
					b.Fatal(err)
				}
				done, err := conn.Call(b.Context(), worker.Call{ID: "1"}, strings.NewReader(`{"a": 1}`), nil)
				if err != nil || done.Failure != nil {
					b.Fatal(err, done.Failure)
				}
				b.StopTimer()
				inject, load, call = inject+1, load+ack.InitMicros, call+done.CallMicros
				end()
			}
			b.ReportMetric(float64(load)/float64(inject), "µs-init")
			b.ReportMetric(float64(call)/float64(inject), "µs-call")
		})
	}
}

// BenchmarkStream is the throughput of cat.
func BenchmarkStream(b *testing.B) {
	const size = 1 << 30
	file, code := program(b), sh("cat").zip(b)
	b.SetBytes(size)
	b.StopTimer()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		conn, cmd, end := ready(b, file, "exec")
		if _, err := conn.Inject(b.Context(), worker.Injection{CodeDigest: digest(code)}, bytes.NewReader(code), nil); err != nil {
			b.Fatal(err)
		}
		out := &counter{}
		b.StartTimer()
		done, err := conn.Call(b.Context(), worker.Call{}, io.LimitReader(zeros{}, size), out)
		b.StopTimer()
		if err != nil || done.Failure != nil || out.n != size {
			b.Fatal(err, done.Failure, out.n)
		}
		end()
		b.ReportMetric(float64(maxResident(cmd)), "KiB-most")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

type counter struct{ n int }

func (*counter) Log(worker.Stream, []byte) error { return nil }
func (c *counter) Result(p []byte) error         { c.n += len(p); return nil }
