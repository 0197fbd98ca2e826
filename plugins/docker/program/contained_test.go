package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/worker"
)

func py(body string) map[string]string {
	return map[string]string{"handler.py": "import os, time\ndef handler(event, context):\n" + body}
}

// TestImageOfNothing runs a static program in an image without a file.
func TestImageOfNothing(t *testing.T) {
	p := newPlace(t)
	image, err := Image(t.Context(), p.Engine)
	if err != nil {
		t.Fatal(err)
	}
	c := p.start(t, mounts(p.ensure(t)), image, "exec")
	if failure := c.call(t, map[string]string{"run": static(t, `import ("io"; "os")
func main() { io.Copy(os.Stdout, os.Stdin) }`)}); failure != nil || c.out.String() != "{}" {
		t.Errorf("%+v %q", failure, c.out.String())
	}
	c.gone(t)
}

func static(t *testing.T, body string) string {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte("package main\n"+body), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", program, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestImageWithoutTheInterpreter(t *testing.T) {
	p := newPlace(t)
	image, err := Image(t.Context(), p.Engine)
	if err != nil {
		t.Fatal(err)
	}
	c := p.launch(t, mounts(p.ensure(t)), image, "python", "-interpreter", "python3,python")
	_, err = c.Hello(within(t))
	failure, ok := err.(*worker.Failure)
	if !ok || failure.Kind != worker.Unavailable || !strings.HasPrefix(failure.Message, "there is no python3 and no python in PATH") {
		t.Error(err)
	}
	c.gone(t)
}

func TestFunctionsInAContainer(t *testing.T) {
	p := newPlace(t)
	volume := mounts(p.ensure(t))
	image := enginetest.Python(t)
	for name, c := range map[string]struct {
		code   map[string]string
		result string
		kind   worker.Kind
	}{
		"hello":             {code: py(" return 'hello'\n"), result: `"hello"`},
		"writes where":      {code: py(" open('/tmp/a', 'w').write('a'); open(os.environ['TMPDIR'] + '/a', 'w').write('a')\n"), result: `null`},
		"the root":          {code: py(" open('/a', 'w')\n"), kind: worker.FunctionFailed},
		"the programs":      {code: py(" open('/.fn/fn-worker', 'r+')\n"), kind: worker.FunctionFailed},
		"the stream":        {code: py(" open('/proc/1/fd/1', 'w')\n"), kind: worker.FunctionFailed},
		"its memory":        {code: py(" open('/proc/1/mem', 'rb')\n"), kind: worker.FunctionFailed},
		"tracing":           {code: py(" import ctypes\n return ctypes.CDLL(None).ptrace(16, 1, 0, 0)\n"), result: "-1"},
		"signals":           {code: py(" for i in range(1, 65):\n  try: os.kill(1, i)\n  except OSError: pass\n time.sleep(0.1)\n return 1\n"), result: "1"},
		"kills all":         {code: py(" if os.fork() == 0: time.sleep(30)\n os.kill(-1, 9)\n return 1\n"), result: "1"},
		"is killed":         {code: py(" if os.fork() == 0:\n  os.kill(-1, 9)\n  os._exit(0)\n time.sleep(30)\n"), kind: worker.FunctionFailed},
		"memory of a child": {code: py(" if os.fork() == 0:\n  x = b'x' * (100 << 20)\n os.wait()\n time.sleep(30)\n"), kind: worker.OutOfMemory},
		"memory":            {code: py(" keep = []\n while True: keep.append(bytearray(1 << 20))\n"), kind: worker.OutOfMemory},
		"small processes":   {code: py(" while True:\n  try:\n   if os.fork() == 0:\n    keep = bytearray(b'x' * (2 << 20))\n    time.sleep(30)\n  except OSError: time.sleep(0.01)\n"), kind: worker.OutOfMemory},
		"orphans": {code: py(` def zombies():
  found = 0
  for name in os.listdir("/proc"):
   try: found += name.isdigit() and open(f"/proc/{name}/stat").read().rsplit(")", 1)[1].split()[0] == "Z"
   except OSError: pass
  return found
 for _ in range(200):
  if os.fork() == 0:
   os.fork()
   os._exit(0)
  os.wait()
 end = time.monotonic() + 5
 while zombies() and time.monotonic() < end: time.sleep(0.001)
 return zombies()
`), result: "0"},
	} {
		t.Run(name, func(t *testing.T) {
			w := p.start(t, volume, image, "python", "-interpreter", "python3")
			failure := w.call(t, c.code)
			switch {
			case c.kind == "" && (failure != nil || w.out.String() != c.result):
				t.Errorf("%+v %q\n%s", failure, w.out.String(), w.log.String())
			case c.kind != "" && (failure == nil || failure.Kind != c.kind):
				t.Errorf("%+v %q\n%s", failure, w.out.String(), w.log.String())
			}
			w.gone(t)
		})
	}
}

func TestNodeInAContainer(t *testing.T) {
	p := newPlace(t)
	w := p.start(t, mounts(p.ensure(t)), enginetest.Node(t), "node", "-interpreter", "node,nodejs")
	if failure := w.call(t, map[string]string{"index.js": "exports.handler = async () => 'hello'"}); failure != nil || w.out.String() != `"hello"` {
		t.Errorf("%+v %q", failure, w.out.String())
	}
	w.gone(t)
}

// TestWaitingContainersEnd ends those that have no function.
func TestWaitingContainersEnd(t *testing.T) {
	p := newPlace(t)
	volume := mounts(p.ensure(t))
	never := 600 // seconds until the engine would kill
	for name, end := range map[string]func(*contained) error{
		"the stream ends": func(c *contained) error { return c.Close() },
		"SIGTERM":         func(c *contained) error { return p.ContainerKill(t.Context(), c.id, "SIGTERM") },
		"stop": func(c *contained) error {
			return p.ContainerStop(within(t), c.id, container.StopOptions{Timeout: &never})
		},
	} {
		w := p.start(t, volume, enginetest.Python(t), "python", "-interpreter", "python3")
		if err := end(w); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w.gone(t)
	}
}

// TestBusyContainerEndsWithItsStream has a function that wants to live on.
func TestBusyContainerEndsWithItsStream(t *testing.T) {
	p := newPlace(t)
	w := p.start(t, mounts(p.ensure(t)), enginetest.Python(t), "python", "-interpreter", "python3")
	code := py(" if os.fork() == 0:\n  os.setsid()\n import signal\n signal.signal(signal.SIGTERM, signal.SIG_IGN)\n print('here', flush=True)\n time.sleep(100)\n")
	w.untilLog(t, code, func() {})
	w.gone(t)
}
