//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

func TestPythonReturns(t *testing.T) {
	for _, c := range []struct{ name, body, event, want string }{
		{"echo", "return event", `{"a": [1, "ü"]}`, `{"a": [1, "ü"]}`},
		{"none", "pass", `{}`, `null`},
		{"surrogate", "return '\\ud800'", `{}`, `"\ud800"`},
		{"decimal", "import decimal; return decimal.Decimal('1.50')", `{}`, `1.50`},
		{"decimals", "from decimal import Decimal as D; return {'a': [D('2.50'), {'b': (D('-0'), D('1E+3'), 'ü')}], 'c': D('0.1234567890123456789012')}", `{}`, `{"a": [2.50, {"b": [-0, 1E+3, "ü"]}], "c": 0.1234567890123456789012}`},
		{"decimal and surrogate", "from decimal import Decimal as D; return ['\\ud800', D('2.50'), D('3.0')]", `{}`, `["\ud800", 2.50, 3.0]`},
		{"no decimal number", "from decimal import Decimal as D; return [D('NaN'), D('-sNaN12'), D('Infinity'), D('-Infinity')]", `{}`, `[NaN, NaN, Infinity, -Infinity]`},
		{"bytes", "return b'\\xff\\x00 as they are'", `{}`, "\xff\x00 as they are"},
		{"bytearray", "return bytearray(b'{\\r\\n')", `{}`, "{\r\n"},
		{"no number", "return [float('nan'), float('inf'), -float('inf')]", `{}`, `[NaN, Infinity, -Infinity]`},
		{"large integer", "return event", `12345678901234567890123`, `12345678901234567890123`},
		{"write", "import os, tempfile\n open('new', 'w').write('x'); open(os.environ['TMPDIR'] + '/t', 'w').close(); tempfile.NamedTemporaryFile().close()\n return open('new').read()", `{}`, `"x"`},
		{"json", "import json; return json.loads(json.dumps({'a': (1, 2), 3: None}))", `{}`, `{"a": [1, 2], "3": null}`},
		{"cwd", "import os; return os.getcwd() == os.environ['LAMBDA_TASK_ROOT'] == __import__('sys').path[0]", `{}`, `true`},
		{"stdin", "import sys; return sys.stdin.read()", `{}`, `""`},
		{"main", "import __main__; return [n for n in vars(__main__) if n[:2] != '__']", `{}`, `[]`},
		{"descriptors", "import os; return [f for f in os.listdir('/proc/self/fd') if 2 < int(f) < 250 and os.path.exists('/proc/self/fd/' + f)] if os.path.exists('/proc/self/fd') else []", `{}`, `[]`},
		{"fork", "import os\n if os.fork() == 0: return 'child'\n os.wait(); return 'parent'", `{}`, `"parent"`},
		{"closes", "import os; os.closerange(0, 100); return 1", `{}`, `1`},
		{"thread", "import threading,time; threading.Thread(target=time.sleep, args=[100]).start(); return 1", `{}`, `1`},
		{"sigint", "import signal; return signal.getsignal(signal.SIGINT) == signal.SIG_DFL", `{}`, `true`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source := "def handler(event, context):\n " + c.body + "\n"
			run(t, "python", worker.Injection{}, py(source), worker.Call{ID: "1"}, c.event).returns(t, c.want)
		})
	}
}

// What a function puts in the place of builtins is for the function alone.
func TestPythonReplacesBuiltins(t *testing.T) {
	const handler = "import builtins\ndef handler(event, context):\n "
	const all = "vars(builtins).update(dict.fromkeys(n for n in dir(builtins) if n[0] != '_'))"
	// Not len, which python's import system wants.
	const some = "import builtins\nown = lambda *all: 7\nbuiltins.str = builtins.isinstance = builtins.type = own\n"
	for _, c := range []struct{ name, source, want, failure string }{
		{"in the handler", handler + "builtins.len = builtins.str = builtins.isinstance = lambda *a: 0; return {'a': 1.5}\n", `{"a": 1.5}`, ""},
		{"when imported", some + handler + "return [str(), isinstance is own, event]\n", `[7, true, {"b": 2}]`, ""},
		{"all", handler + all + "; return ['r', {'s': 1}]\n", `["r", {"s": 1}]`, ""},
		{"all and fails", handler + "error = KeyError('text'); " + all + "; raise error\n", "", "KeyError: 'text'"},
		{"when imported and fails", some + "raise KeyError('text')\n", "", "failed to load: KeyError: 'text'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "python", worker.Injection{}, py(c.source), worker.Call{}, `{"b": 2}`)
			if c.failure == "" {
				o.returns(t, c.want)
			} else if f := o.fails(t, worker.FunctionFailed, c.failure); !strings.Contains(fmt.Sprint(f.Function.StackTrace), "handler.py") {
				t.Errorf("stack trace %q", f.Function.StackTrace)
			}
		})
	}
}

func TestPythonRaw(t *testing.T) {
	t.Parallel()
	source := "def handler(event, context):\n return event[::-1]\n"
	run(t, "python", worker.Injection{}, py(source), worker.Call{Raw: true}, "\x00\xff!").returns(t, "!\xff\x00")
	source = "def handler(event, context):\n return [7]\n"
	o := run(t, "python", worker.Injection{}, py(source), worker.Call{Raw: true}, "")
	if f := o.fails(t, worker.FunctionFailed, "the result is not bytes but list"); f.Function.ErrorType != "Runtime.MarshalError" {
		t.Fatalf("%+v", f.Function)
	}
}

func TestPythonHandlers(t *testing.T) {
	const h = "def handler(event, context): return __name__\n"
	for _, c := range []struct {
		name, handler, resolved, want string
		code                          files
	}{
		{"default", "", "handler.handler", `"handler"`, files{"handler.py": h}},
		{"lambda", "", "lambda_function.lambda_handler", `"x"`, files{"lambda_function.py": "def lambda_handler(e, c): return 'x'"}},
		{"main", "handler.handler", "main.handler", `"main"`, files{"main.py": h, "other.py": h}},
		{"directory", "pkg/mod.handler", "pkg/mod.handler", `"pkg.mod"`, files{"pkg/mod.py": h}},
		{"package", "pkg.mod.handler", "pkg.mod.handler", `"pkg.mod"`, files{"pkg/mod.py": h, "pkg/__init__.py": ""}},
		{"class", "m.A.run", "m.A.run", `3`, files{"m.py": "class A:\n @staticmethod\n def run(e, c): return 3"}},
		{"object", "m.obj", "m.obj", `4`, files{"m.py": "class A:\n def __call__(self, e, c): return 4\nobj = A()"}},
		{"nested", "src/app.A.B.run", "src/app.A.B.run", `6`, files{"src/app.py": "class A:\n class B:\n  run = lambda e, c: 6"}},
		{"data", "m.handler", "m.handler", `"7"`, files{"m.py": "text = open('data/seven.txt').read()\ndef handler(e, c): return text", "data/seven.txt": "7"}},
		{"relative", "pkg.mod.handler", "pkg.mod.handler", `8`, files{"pkg/__init__.py": "", "pkg/mod.py": "from . import other\ndef handler(e, c): return other.eight", "pkg/other.py": "eight = 8"}},
		{"neighbour", "m.handler", "m.handler", `5`, files{"m.py": "import n\ndef handler(e, c): return n.five", "n.py": "five = 5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "python", worker.Injection{Handler: c.handler}, c.code, worker.Call{}, "{}")
			o.returns(t, c.want)
			if o.ack.Handler != c.resolved {
				t.Errorf("handler %q, wanted %q", o.ack.Handler, c.resolved)
			}
		})
	}
}

func TestPythonLoadFailures(t *testing.T) {
	const h = "def handler(event, context): pass\n"
	for _, c := range []struct {
		name, handler string
		code          files
		kind          worker.Kind
		text          string
	}{
		{"no module", "", files{"x.py": h}, worker.Invalid, "there is no handler.py"},
		{"two candidates", "", files{"main.py": h, "app.py": h}, worker.Invalid, "main.py and app.py"},
		{"no attribute", "m.nothing", files{"m.py": h}, worker.Invalid, "m has no nothing"},
		{"not callable", "m.x", files{"m.py": "x = 1"}, worker.Invalid, "no function"},
		{"async", "m.handler", files{"m.py": "async def handler(event, context): pass"}, worker.Invalid, "it is async"},
		{"async, found", "", files{"lambda_function.py": "async def lambda_handler(event, context): pass"}, worker.Invalid, "handler 'lambda_function.lambda_handler': it is async"},
		{"malformed", "m", files{"m.py": h}, worker.Invalid, "MODULE.FUNCTION"},
		{"import error", "m.handler", files{"m.py": "import not_installed\n" + h}, worker.FunctionFailed, "failed to load: ModuleNotFoundError: No module named 'not_installed'"},
		{"syntax", "m.handler", files{"m.py": "def ("}, worker.FunctionFailed, "failed to load: SyntaxError"},
		{"raise", "m.handler", files{"m.py": "raise ValueError('x')"}, worker.FunctionFailed, "failed to load: ValueError: x"},
		{"exit", "m.handler", files{"m.py": "import sys; sys.exit(4)"}, worker.FunctionFailed, "failed to load: the function called sys.exit(4)"},
		{"hard exit", "m.handler", files{"m.py": "import os; os._exit(4)"}, worker.FunctionFailed, "exit status 4"},
		{"slow", "m.handler", files{"m.py": "import time; time.sleep(100)"}, worker.Timeout, "loading the function took longer than 1s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "python", worker.Injection{Handler: c.handler, TimeoutMillis: 1000}, c.code, worker.Call{}, "{}")
			o.fails(t, c.kind, c.text)
		})
	}
}

func TestPythonCallFailures(t *testing.T) {
	for _, c := range []struct {
		name, body, event string
		kind              worker.Kind
		text, errorType   string
	}{
		{"abort", "import os; os.abort()", "{}", worker.FunctionFailed, "killed by signal: aborted", "Runtime.ExitError"},
		{"no exception", "raise BaseException", "{}", worker.FunctionFailed, "BaseException", "BaseException"},
		{"raise", "raise KeyError('x')", "{}", worker.FunctionFailed, "KeyError: 'x'", "KeyError"},
		{"exit", "import sys; sys.exit(3)", "{}", worker.FunctionFailed, "sys.exit(3)", "Runtime.ExitError"},
		{"hard exit", "import os; os._exit(3)", "{}", worker.FunctionFailed, "exit status 3", "Runtime.ExitError"},
		{"silent exit", "import os; os._exit(0)", "{}", worker.FunctionFailed, "without a result", "Runtime.ExitError"},
		{"signal", "import os; os.kill(os.getpid(), 11)", "{}", worker.FunctionFailed, "killed by signal: segmentation fault", "Runtime.ExitError"},
		{"interrupt", "raise KeyboardInterrupt", "{}", worker.FunctionFailed, "KeyboardInterrupt", "KeyboardInterrupt"},
		{"unprintable", "\n  class E(Exception):\n   def __str__(self): raise self\n  raise E", "{}", worker.FunctionFailed, "cannot be told", "E"},
		{"endless text", "raise ValueError('x' * (5 << 20))", "{}", worker.FunctionFailed, "ValueError: xxx", "ValueError"},
		{"recursion", "\n  def f(): f()\n  f()", "{}", worker.FunctionFailed, "RecursionError", "RecursionError"},
		{"set", "return {1}", "{}", worker.FunctionFailed, "Object of type set is not JSON serializable", "Runtime.MarshalError"},
		{"memory", "raise MemoryError", "{}", worker.OutOfMemory, "out of memory", ""},
		{"bad event", "pass", "{", worker.Invalid, "the event is not JSON", ""},
		{"closes stream", "import os; os.closerange(3, 1000); import time; time.sleep(100)", "{}", worker.FunctionFailed, "closed the worker's stream", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source := "def handler(event, context):\n " + c.body + "\n"
			o := run(t, "python", worker.Injection{}, py(source), worker.Call{}, c.event)
			f := o.fails(t, c.kind, c.text)
			if c.errorType != "" && (f.Function == nil || f.Function.ErrorType != c.errorType) {
				t.Errorf("function error %+v", f.Function)
			}
		})
	}
}

func TestPythonStackTraceIsTheUsers(t *testing.T) {
	t.Parallel()
	source := "import json\ndef inner(): json.loads('x')\ndef handler(event, context):\n inner()\n"
	o := run(t, "python", worker.Injection{}, py(source), worker.Call{}, "{}")
	trace := o.fails(t, worker.FunctionFailed, "JSONDecodeError").Function.StackTrace
	if len(trace) < 2 || !strings.Contains(trace[0], `File "handler.py", line 4, in handler`) || strings.Contains(fmt.Sprint(trace), "bootstrap") {
		t.Errorf("stack trace %q", trace)
	}
}

func TestPythonLimitsOfEventAndResult(t *testing.T) {
	event := func(n int) string { return `"` + strings.Repeat("e", n-2) + `"` }
	const length = "def handler(event, context): return len(event)\n"
	const result = "def handler(event, context): return 'r' * (event - 2)\n"
	for _, c := range []struct {
		name, source, event string
		over                bool
	}{
		{"event", length, event(worker.MaxEventBytes), false},
		{"event over", length, event(worker.MaxEventBytes + 1), true},
		{"result", result, fmt.Sprint(worker.MaxResultBytes), false},
		{"result over", result, fmt.Sprint(worker.MaxResultBytes + 1), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := run(t, "python", worker.Injection{}, py(c.source), worker.Call{}, c.event)
			if c.over {
				o.fails(t, worker.ResourceExhausted, "larger than 16 MiB")
			} else if o.end.Failure != nil {
				t.Fatal(o.end.Failure)
			} else if c.source == result && o.out.Len() != worker.MaxResultBytes {
				t.Fatalf("%d bytes of result", o.out.Len())
			}
		})
	}
}

func TestPythonContext(t *testing.T) {
	t.Parallel()
	source := `
def handler(event, context):
    return [context.aws_request_id, context.function_name, context.function_version, context.memory_limit_in_mb,
        context.invoked_function_arn, context.log_group_name, bool(context.log_stream_name),
        context.identity.cognito_identity_id, context.client_context, 0 < context.get_remaining_time_in_millis() <= 9000]
`
	in := worker.Injection{Function: "g", Version: "7", MemoryBytes: 64 << 20}
	o := run(t, "python", in, py(source), worker.Call{ID: "id-1", TimeoutMillis: 9000}, "{}")
	o.returns(t, `["id-1", "g", "7", "64", "arn:fn:local:::function:g:7", "/fn/g", true, null, null, true]`)
}

// What context.log is given is a line, in order with the lines of logging.
func TestPythonContextLog(t *testing.T) {
	t.Parallel()
	source := `
import logging
def handler(event, context):
    context.log("one")
    logging.info("two")
    context.log("three\n")
    context.log(4)
    logging.info("five")
`
	o := run(t, "python", worker.Injection{}, py(source), worker.Call{ID: "1"}, "{}")
	o.returns(t, "null")
	if !regexp.MustCompile(`^one\n\[INFO\].*\ttwo\nthree\n4\n\[INFO\].*\tfive\n$`).MatchString(o.log.String()) {
		t.Errorf("log %q", o.log.String())
	}
}

func TestPythonLogIsNeverResult(t *testing.T) {
	t.Parallel()
	source := `
import os, sys, logging, subprocess
print("at import")
logging.getLogger().setLevel(logging.INFO)
def handler(event, context):
    print("printed")
    os.write(1, b"written \xff\n")
    sys.__stdout__.write("dunder\n")
    print("half \ud800")
    print("no end of line", end="")
    logging.info("informed")
    subprocess.run(["/bin/echo", "child"])
    return 1
`
	o := run(t, "python", worker.Injection{}, py(source), worker.Call{ID: "id-2"}, "{}")
	o.returns(t, "1")
	for _, want := range []string{"at import\n", "printed\n", "written \xff\n", "dunder\n", "half \\ud800\n", "no end of line", "[INFO]\t", "\tid-2\tinformed\n", "child\n"} {
		if !bytes.Contains(o.log.Bytes(), []byte(want)) {
			t.Errorf("no %q in the log %q", want, o.log.String())
		}
	}
}

// INFO lines of the root logger and of others appear without any setting.
func TestPythonLoggingAppears(t *testing.T) {
	t.Parallel()
	source := `
import logging
logging.info("at import")
def handler(event, context):
    logging.getLogger("mine").info("from %s", "mine")
    logging.getLogger().debug("not this")
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("caught")
`
	o := run(t, "python", worker.Injection{}, py(source), worker.Call{ID: "id-3"}, "{}")
	o.returns(t, "null")
	for _, want := range []string{"[INFO]\t", "\tat import\n", "\tid-3\tfrom mine\n", "[ERROR]\t", "\tid-3\tcaught\nTraceback"} {
		if !strings.Contains(o.log.String(), want) {
			t.Errorf("no %q in the log %q", want, o.log.String())
		}
	}
	if strings.Contains(o.log.String(), "not this") {
		t.Errorf("the log is %q", o.log.String())
	}
}

// What was printed before the end is there, whoever brought it about.
func TestPythonPrintsBeforeItsEnd(t *testing.T) {
	for name, end := range map[string]string{
		"exit": "import sys; sys.exit(1)", "hard exit": "import os; os._exit(1)", "abort": "import os; os.abort()",
		"fault": "import ctypes; ctypes.string_at(0)", "error": "raise ValueError",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, source := range []string{
				"print('last words')\n" + end + "\n",
				"def handler(event, context):\n print('last words')\n " + end + "\n",
			} {
				o := run(t, "python", worker.Injection{}, py(source), worker.Call{}, "{}")
				o.fails(t, worker.FunctionFailed, "")
				if o.log.String() != "last words\n" {
					t.Errorf("the log is %q", o.log.String())
				}
			}
		})
	}
}

func TestPythonFloodsBeforeItCrashes(t *testing.T) {
	t.Parallel()
	source := "import os\ndef handler(event, context):\n for n in range(1_000_000): print('line', n)\n os._exit(5)\n"
	o := run(t, "python", worker.Injection{}, py(source), worker.Call{}, "{}")
	o.fails(t, worker.FunctionFailed, "exit status 5")
	if n := o.log.Len(); n < worker.MaxLogBytes || n > worker.MaxLogBytes+100 || !strings.HasPrefix(o.log.String(), "line 0\nline 1\n") {
		t.Errorf("%d bytes of log", n)
	}
}

func TestPythonEnvironment(t *testing.T) {
	t.Parallel()
	source := "import os\nat_import = os.environ['MINE']\ndef handler(event, context): return [at_import, dict(os.environ)]\n"
	in := worker.Injection{Env: map[string]string{"MINE": "1", "ALSO": ""}, MemoryBytes: 128 << 20}
	o := run(t, "python", in, py(source), worker.Call{}, "{}")
	var got []any
	if err := json.Unmarshal(o.out.Bytes(), &got); err != nil {
		t.Fatal(err, o.end.Failure)
	}
	checkEnvironment(t, o.ack, got[1].(map[string]any))
}

func TestPythonPreload(t *testing.T) {
	t.Parallel()
	p, o := start(t, "python", "-preload", "csv,logging"), &outcome{}
	_, err := p.inject(t, worker.Injection{}, py("import sys\nloaded = 'csv' in sys.modules\ndef handler(e, c): return loaded"), o)
	if err == nil {
		o.end, err = p.Call(within(t), worker.Call{}, strings.NewReader("{}"), o)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.returns(t, "true")

	p = launch(t, "python", "-preload", "not_installed")
	_, err = p.Hello(within(t))
	if p.refused != nil {
		err = p.refused
	}
	if err == nil || !strings.Contains(err.Error(), "preparing: ModuleNotFoundError") {
		t.Errorf("hello: %v", err)
	}
}
