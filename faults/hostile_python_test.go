//go:build linux

package faults

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
