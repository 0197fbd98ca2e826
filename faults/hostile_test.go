//go:build linux

package faults

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A hostile is a function that does its worst, and how its call has to end.
type hostile struct {
	name     string
	source   string
	settings string // of fn.toml
	code     int    // the exit code of fn run
	says     string // part of the one sentence, or of the log
	answers  string // the result
}

// maxSaid is what a call may print on standard error at most: the log's cap and
// a few sentences.
const maxSaid = 9 << 20

// Whatever a function does, its call ends within bounds, with the right exit
// code and one sentence; nothing of it is left, and the next call, of the same
// function and of another, is what it would have been.
func TestHostile(t *testing.T) {
	t.Parallel()
	for runtime, functions := range map[string][]hostile{
		"exec": hostileShell, "python": hostilePython, "node": hostileNode,
	} {
		t.Run(runtime, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.have("echo", "exec", echo)
			h.works()
			for _, f := range functions {
				h.endure(runtime, f)
			}
		})
	}
}

func (h *home) endure(runtime string, f hostile) {
	h.Helper()
	name := strings.ReplaceAll(f.name, " ", "-")
	h.have(name, runtime, f.source, f.settings)
	for call := range 2 {
		end := h.fn("run", name, `{"n": 1}`)
		place := fmt.Sprintf("%s, %s, call %d", runtime, f.name, call+1)
		switch {
		case end.code != f.code:
			h.Errorf("%s: exit %d, want %d\nstdout: %.2000s\nstderr: %.2000s", place, end.code, f.code, end.stdout, end.stderr)
		case !strings.Contains(end.stderr, f.says):
			h.Errorf("%s: standard error lacks %q: %.2000s", place, f.says, end.stderr)
		case end.stdout != f.answers && end.code == 0:
			h.Errorf("%s: the result is %.200q, want %q", place, end.stdout, f.answers)
		case len(end.stderr) > maxSaid:
			h.Errorf("%s: %d bytes on standard error", place, len(end.stderr))
		case strings.Count("\n"+end.stderr, "\nfn: ") != min(1, end.code):
			h.Errorf("%s: not one sentence: %.2000s", place, end.stderr)
		}
	}
	h.works()
	h.eventually(5*time.Second, f.name+" left nothing running", func() (string, bool) {
		left := h.named("sleep")
		return strings.Join(names(left), "\n"), len(left) == 0
	})
}

// What every language can do wrong is told by the same words.
const (
	cutLog   = "log cut after 8 MiB"
	tooLong  = "longer than 500ms"
	tooMuch  = "more than its 64 MiB"
	briefly  = `timeout = "500ms"`
	patient  = `timeout = "20s"`
	confined = "memory = \"64MiB\"\ntimeout = \"20s\""
)

var hostileShell = []hostile{
	{name: "floods its log", source: "#!/bin/sh\nyes | head -c 10000000 >&2\nprintf done\n", settings: patient, says: cutLog, answers: "done"},
	{name: "never returns", source: "#!/bin/sh\nwhile :; do :; done\n", settings: briefly, code: 124, says: tooLong},
	{name: "ignores signals", source: "#!/bin/sh\ntrap '' TERM INT HUP QUIT\nsleep 1000\nsleep 1000\n", settings: briefly, code: 124, says: tooLong},
	{name: "starts a crowd", source: "#!/bin/sh\ni=0\nwhile [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done\nprintf done\n", settings: patient, answers: "done"},
	{name: "forks and never returns", source: "#!/bin/sh\nf() { sleep 1000 & f; }\n( f ) &\nsleep 1000\n", settings: confined + "\n" + `cpus = 1`, code: 7, says: tooMuch},
	{name: "closes its descriptors", source: "#!/bin/sh\nexec 0<&- 1>&- 2>&- 3>&- 4>&- 5>&-\nsleep 0.05\n"},
	{name: "writes to its descriptors", source: "#!/bin/sh\nfor fd in 0 3 4 5 6 7 8 9; do (echo junk >&$fd) 2>/dev/null; done\nprintf done\n", answers: "done"},
	{name: "writes to its own code", source: "#!/bin/sh\nprintf '#!/bin/sh\\necho changed\\n' > run\nrm -rf ./* ../code ..\nprintf done\n", says: "", answers: "done"},
	{name: "exits with a status", source: "#!/bin/sh\necho why >&2\nexit 3\n", code: 1, says: "exit status 3"},
	{name: "kills itself", source: "#!/bin/sh\necho why >&2\nkill -9 $$\n", code: 1, says: "killed by signal: killed"},
	// Only where it has process ids of its own: elsewhere it would end us too.
	{name: "kills all it can", source: "#!/bin/sh\ntrap '' TERM\ngrep -q fn-worker /proc/1/comm && kill -TERM -1\nprintf done\n", answers: "done"},
	{name: "kills its parent", source: "#!/bin/sh\nkill -9 $PPID 2>/dev/null\nsleep 0.1\nprintf done\n", answers: "done"},
	{name: "prints no text", source: "#!/bin/sh\nprintf '\\377\\376\\000log' >&2\nprintf '\\377\\376\\000'\n", says: "log", answers: "\xff\xfe\x00"},
	{name: "reads nothing", source: "#!/bin/sh\nexec printf done\n", answers: "done"},
	{name: "eats memory at once", source: "#!/bin/sh\nhead -c 400000000 /dev/zero | tail -c 390000000 | wc -c\n", settings: confined, code: 7, says: tooMuch},
	{name: "eats memory slowly", source: "#!/bin/sh\na=0123456789012345\nwhile :; do a=$a$a; sleep 0.01; done\n", settings: confined, code: 7, says: tooMuch},
	{name: "is no program", source: "\x7fELF\x00 nonsense", code: 2, says: "handler"},
	{name: "has an interpreter that is not there", source: "#!/no/such/thing\n", code: 2, says: "/no/such/thing"},
}

var hostilePython = []hostile{
	{name: "floods its log", source: "def handler(event, context):\n    for i in range(100000):\n        print('x' * 100)\n    return 'done'\n", settings: patient, says: cutLog, answers: `"done"`},
	{name: "returns a gigabyte", source: "def handler(event, context):\n    return 'x' * (1 << 30)\n", settings: "memory = \"4GiB\"\ntimeout = \"50s\"", code: 6, says: "larger than 16 MiB"},
	{name: "never returns", source: "def handler(event, context):\n    while True: pass\n", settings: briefly, code: 124, says: tooLong},
	{name: "never is imported", source: "while True: pass\n", settings: briefly, code: 124, says: tooLong},
	{name: "ignores signals", source: `import signal, time
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
def handler(event, context):
    while True: time.sleep(1000)
`, settings: briefly, code: 124, says: tooLong},
	{name: "forks and answers twice", source: `import os
def handler(event, context):
    return "child" if os.fork() == 0 else (os.wait(), "parent")[1]
`, answers: `"parent"`},
	{name: "starts a crowd", source: `import os, time
def handler(event, context):
    for i in range(200):
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "1000"])
    return "done"
`, settings: "memory = \"2GiB\"\n" + patient, answers: `"done"`},
	{name: "spawns a daemon", source: `import os
def handler(event, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 1024)
            os.execvp("sleep", ["sleep", "1000"])
        os._exit(0)
    return "done"
`, answers: `"done"`},
	{name: "closes its descriptors", source: "import os\ndef handler(event, context):\n    os.closerange(0, 200)\n    return 'done'\n", answers: `"done"`},
	{name: "closes every descriptor", source: "import os\ndef handler(event, context):\n    os.closerange(0, 4096)\n    return 'done'\n", code: 1, says: ""},
	{name: "empties the interpreter", source: "import json, sys\ndef handler(event, context):\n    json.dumps = None\n    sys.modules.clear()\n    return 'done'\n", answers: `"done"`},
	{name: "takes what answers", source: "import sys\ndef handler(event, context):\n    frame = sys._getframe(1)\n    while frame:\n        frame.f_globals.clear()\n        frame = frame.f_back\n    return 'done'\n", code: 1, says: "exit status 1"},
	{name: "writes to every descriptor", source: `import os
def handler(event, context):
    for fd in range(3, 4096):
        try: os.write(fd, b"x" * 1000)
        except OSError: pass
    return "done"
`, code: 1, says: ""},
	{name: "writes to its own code", source: `import os, shutil
def handler(event, context):
    here = os.path.dirname(os.path.abspath(__file__))
    open(__file__, "w").write("def handler(event, context):\n    return 'changed'\n")
    shutil.rmtree(here, ignore_errors=True)
    return "done"
`, answers: `"done"`},
	{name: "exits in its import", source: "import sys\nprint('why')\nsys.exit(3)\n", code: 1, says: "sys.exit(3)"},
	{name: "ends in its import", source: "import os\nprint('why', flush=True)\nos._exit(3)\n", code: 1, says: "exit status 3"},
	{name: "exits in its call", source: "import sys\ndef handler(event, context):\n    print('why')\n    sys.exit('enough')\n", code: 1, says: "enough"},
	{name: "ends in its call", source: "import os\ndef handler(event, context):\n    print('why', flush=True)\n    os._exit(0)\n", code: 1, says: "without a result"},
	{name: "aborts", source: "import os\ndef handler(event, context):\n    print('why', flush=True)\n    os.abort()\n", code: 1, says: "killed by signal"},
	{name: "crashes", source: "import ctypes\ndef handler(event, context):\n    ctypes.string_at(0)\n", code: 1, says: "killed by signal: segmentation fault"},
	{name: "raises what is no Exception", source: "class Odd(BaseException): pass\ndef handler(event, context):\n    raise Odd('no')\n", code: 1, says: "Odd: no"},
	{name: "raises what cannot be told", source: "class Odd(Exception):\n    def __str__(self): raise ValueError\ndef handler(event, context):\n    raise Odd\n", code: 1, says: "Odd"},
	{name: "interrupts", source: "def handler(event, context):\n    raise KeyboardInterrupt\n", code: 1, says: "KeyboardInterrupt"},
	{name: "never stops calling itself", source: "def handler(event, context):\n    return handler(event, context)\n", code: 1, says: "RecursionError"},
	{name: "returns what is no JSON", source: "def handler(event, context):\n    return {1, 2}\n", code: 1, says: "not JSON"},
	{name: "returns itself", source: "def handler(event, context):\n    a = []\n    a.append(a)\n    return a\n", code: 1, says: "not JSON"},
	{name: "prints no text", source: "import os\ndef handler(event, context):\n    os.write(1, b'\\xff\\xfe\\x00log')\n    return 'done'\n", says: "log", answers: `"done"`},
	{name: "eats memory at once", source: "def handler(event, context):\n    return len(bytearray(400 << 20))\n", settings: confined, code: 7, says: "memory"},
	{name: "eats memory slowly", source: `import time
def handler(event, context):
    kept = []
    while True:
        kept.append(b"x" * (1 << 20))
        time.sleep(0.002)
`, settings: confined, code: 7, says: "memory"},
	{name: "eats memory in a child", source: `import subprocess, sys
def handler(event, context):
    subprocess.run([sys.executable, "-c", "import time\nkept = [b'x' * (1 << 20) for i in range(300)]\ntime.sleep(1000)"])
    return "done"
`, settings: confined, code: 7, says: "memory"},
	{name: "redefines what it runs in", source: `import json, os, sys
def handler(event, context):
    json.dumps = lambda *a, **k: "forged"
    os.write = lambda *a: 0
    sys.stdout = sys.stderr = None
    return "done"
`, settings: briefly, code: 0, answers: `"done"`},
}

var hostileNode = []hostile{
	{name: "floods its log", source: "exports.handler = async () => { for (let i = 0; i < 100000; i++) console.log('x'.repeat(100)); return 'done' }\n", settings: patient, says: cutLog, answers: `"done"`},
	{name: "returns too much", source: "exports.handler = async () => 'x'.repeat(100 << 20)\n", settings: "memory = \"2GiB\"\ntimeout = \"50s\"", code: 6, says: "larger than 16 MiB"},
	{name: "never returns", source: "exports.handler = async () => { for (;;); }\n", settings: briefly, code: 124, says: tooLong},
	{name: "never is loaded", source: "for (;;);\n", settings: briefly, code: 124, says: tooLong},
	{name: "ignores signals", source: "for (const s of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(s, () => {})\nexports.handler = () => new Promise(() => setInterval(() => {}, 1000))\n", settings: briefly, code: 124, says: tooLong},
	{name: "spawns a daemon", source: "exports.handler = async () => { require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }).unref(); return 'done' }\n", answers: `"done"`},
	{name: "closes its descriptors", source: "const fs = require('fs')\nexports.handler = async () => { for (const fd of [0, 1, 2]) try { fs.closeSync(fd) } catch {} return 'done' }\n", answers: `"done"`},
	{name: "writes to its own code", source: "const fs = require('fs')\nexports.handler = async () => { fs.writeFileSync(__filename, 'exports.handler = async () => \"changed\"'); fs.rmSync(__dirname, { recursive: true, force: true }); return 'done' }\n", answers: `"done"`},
	{name: "exits when loaded", source: "console.log('why')\nprocess.exit(3)\n", code: 1, says: "process.exit(3)"},
	{name: "exits in its call", source: "exports.handler = async () => { console.log('why'); process.exit(0) }\n", code: 1, says: "process.exit(0)"},
	{name: "aborts", source: "exports.handler = async () => { console.log('why'); process.abort() }\n", code: 1, says: "killed by signal"},
	{name: "throws what is no Error", source: "exports.handler = async () => { throw 'enough' }\n", code: 1, says: "enough"},
	{name: "throws nothing", source: "exports.handler = async () => { throw undefined }\n", code: 1, says: ""},
	{name: "rejects unheard", source: "exports.handler = async () => { Promise.reject(new Error('unheard')); await new Promise(r => setTimeout(r, 1000)) }\n", code: 1, says: "unheard"},
	{name: "returns itself", source: "exports.handler = async () => { const a = []; a.push(a); return a }\n", code: 1, says: "not JSON"},
	{name: "never stops calling itself", source: "exports.handler = async () => { const f = () => f(); return f() }\n", code: 1, says: "RangeError"},
	{name: "prints no text", source: "exports.handler = async () => { process.stdout.write(Buffer.from([255, 254, 0, 108, 111, 103])); return 'done' }\n", says: "log", answers: `"done"`},
	{name: "eats memory", source: "exports.handler = async () => { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1)) }\n", settings: "memory = \"128MiB\"\ntimeout = \"20s\"", code: 7, says: "memory"},
	{name: "fills its heap", source: "exports.handler = async () => { const kept = []; for (;;) kept.push({ a: [kept.length] }) }\n", settings: "memory = \"128MiB\"\ntimeout = \"50s\"", code: 7, says: "memory"},
}
