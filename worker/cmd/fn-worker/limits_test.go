//go:build unix

package main

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/worker"
)

func TestTimeout(t *testing.T) {
	for _, c := range []struct {
		name, language string
		code           files
	}{
		{"exec", "exec", sh("echo before >&2; trap '' TERM INT HUP; while :; do sleep 100; done")},
		{"exec unread", "exec", sh("echo before >&2; sleep 100")},
		{"python", "python", py("import signal, time\ndef handler(e, c):\n print('before')\n signal.signal(15, signal.SIG_IGN)\n while True: pass\n")},
		{"node", "node", js("process.on('SIGTERM', () => {}); exports.handler = async () => { console.log('before'); for (;;); }")},
		{"node idle", "node", js("exports.handler = async () => { console.log('before'); await new Promise((r) => setTimeout(r, 1e5)) }")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			event := "{}"
			if c.name == "exec unread" {
				event = strings.Repeat("e", 1<<20)
			}
			o := run(t, c.language, worker.Injection{}, c.code, worker.Call{TimeoutMillis: 1500}, event)
			o.fails(t, worker.Timeout, "the function took longer than 1.5s")
			if o.log.String() != "before\n" {
				t.Errorf("log %q", o.log.String())
			}
		})
	}
}

func TestOutOfMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is limited on Linux only")
	}
	for _, c := range []struct {
		name, language string
		code           files
	}{
		{"python at once", "python", py("def handler(e, c): return len(bytearray(10 ** 9))")},
		{"python slowly", "python", py("import time\ndef handler(e, c):\n kept = []\n while True:\n  kept.append(b'x' * (1 << 20))\n  time.sleep(0.002)\n")},
		{"python greedily", "python", py("def handler(e, c):\n kept = []\n while True:\n  try: kept.append(b'x' * (1 << 20))\n  except MemoryError: pass\n")},
		{"python at import", "python", py("kept = bytearray(10 ** 9)")},
		{"python children", "python", py("import os, time\ndef handler(e, c):\n for i in range(4):\n  if os.fork() == 0:\n   kept = b'x' * (20 << 20)\n   time.sleep(100)\n time.sleep(100)\n")},
		{"node at once", "node", js("exports.handler = async () => Buffer.alloc(1e9, 1).length")},
		{"node slowly", "node", js("exports.handler = async () => { for (const kept = [];; await new Promise((r) => setTimeout(r, 2))) kept.push(Buffer.alloc(1 << 20, 1)) }")},
		{"node objects", "node", js("exports.handler = async () => { for (const kept = [];;) kept.push({ n: kept.length, text: 't' + kept.length }) }")},
		{"node at import", "node", js("globalThis.kept = Buffer.alloc(1e9, 1)")},
		{"node children", "node", js("exports.handler = async () => { for (let i = 0; i < 4; i++) require('child_process').spawn('sh', ['-c', 'head -c 20000000 /dev/zero | tail -c 19000000 | sleep 100']); await new Promise((r) => setTimeout(r, 1e5)) }")},
		{"exec", "exec", sh("head -c 2000000000 /dev/zero | tail -c 1900000000 | cat")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := run(t, c.language, worker.Injection{MemoryBytes: 64 << 20}, c.code, worker.Call{TimeoutMillis: 20_000}, "{}")
			o.fails(t, worker.OutOfMemory, "the function needed more than its 64 MiB")
		})
	}
}

func TestWithinMemory(t *testing.T) {
	t.Parallel()
	source := "def handler(e, c): return len(bytearray(b'x') * (20 << 20))"
	o := run(t, "python", worker.Injection{MemoryBytes: 64 << 20}, py(source), worker.Call{}, "{}")
	o.returns(t, "20971520")
}

func TestNodeWithinMemory(t *testing.T) {
	t.Parallel()
	source := "exports.handler = async () => { for (let i = 0; i < 100; i++) Buffer.alloc(10 << 20, 1); return 'x'.repeat(20 << 20).length }"
	o := run(t, "node", worker.Injection{MemoryBytes: 128 << 20}, js(source), worker.Call{}, "{}")
	o.returns(t, "20971520")
}

func TestLogFloodIsCut(t *testing.T) {
	t.Parallel()
	o := run(t, "exec", worker.Injection{}, sh("head -c 30000000 /dev/zero >&2; echo done"), worker.Call{}, "")
	o.returns(t, "done\n")
	const note = "\n[fn: log cut after 8 MiB]\n"
	if log := o.log.String(); len(log) != worker.MaxLogBytes+len(note) || !strings.HasSuffix(log, note) {
		t.Errorf("%d bytes of log, the end is %q", len(log), log[len(log)-40:])
	}
}

func TestInvalidTextInLog(t *testing.T) {
	t.Parallel()
	o := run(t, "exec", worker.Injection{}, sh(`printf 'a\377\000b' >&2`), worker.Call{}, "")
	if o.log.String() != "a\xff\x00b" {
		t.Errorf("log %q", o.log.String())
	}
}

func TestLeftOverProcessDoesNotDelayTheEnd(t *testing.T) {
	for _, language := range []string{"exec", "python", "node"} {
		t.Run(language, func(t *testing.T) {
			code := map[string]files{
				"exec":   sh("sleep 100 & echo out"),
				"python": py("import subprocess\ndef handler(e, c):\n subprocess.Popen(['sleep', '100'])\n print('out')\n"),
				"node":   js("exports.handler = async () => { require('child_process').spawn('sleep', ['100']); console.log('out') }"),
			}[language]
			p, o := start(t, language), &outcome{}
			if _, err := p.inject(t, worker.Injection{}, code, o); err != nil {
				t.Fatal(err)
			}
			end, err := p.Call(within(t), worker.Call{}, strings.NewReader("{}"), o)
			if err != nil || end.Failure != nil {
				t.Fatal(err, end.Failure)
			}
			if took := time.Duration(end.CallMicros) * time.Microsecond; took > time.Second {
				t.Errorf("the end came after %s", took)
			}
			if o.out.String()+o.log.String() != "out\n" && o.log.String() != "out\n" {
				t.Errorf("result %q log %q", o.out.String(), o.log.String())
			}
		})
	}
}
