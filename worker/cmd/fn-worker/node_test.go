//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

// What functions written for AWS Lambda do, and what they then return.
func TestNodeReturns(t *testing.T) {
	for _, c := range []struct{ name, source, event, want string }{
		{"async", "exports.handler = async (event) => event", `{"a": [1, "ü"]}`, `{"a":[1,"ü"]}`},
		{"promise", "exports.handler = (event) => new Promise((done) => setTimeout(done, 5, 'late'))", `{}`, `"late"`},
		{"promise leaves timers", "exports.handler = async () => { setInterval(() => {}, 1000); return 1 }", `{}`, `1`},
		{"thenable", "exports.handler = () => ({ then(done) { done(2) } })", `{}`, `2`},
		{"callback", "exports.handler = (event, context, callback) => callback(null, event.n)", `{"n": 3}`, `3`},
		{"callback later", "exports.handler = (event, context, callback) => { setTimeout(callback, 5, null, 4) }", `{}`, `4`},
		{"callback, first wins", "exports.handler = (e, c, callback) => { callback(null, 1); callback(null, 2) }", `{}`, `1`},
		{"callback in async", "exports.handler = async (e, c, callback) => { callback(null, 1) }", `{}`, `1`},
		{"callback waits", "exports.handler = (e, c, callback) => { const r = {}; setTimeout(() => console.log('ran'), 20); callback(null, r) }", `{}`, `{}`},
		{"callback at once", "exports.handler = (e, c, callback) => { c.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1000); callback(null, 5) }", `{}`, `5`},
		{"done", "exports.handler = (e, context) => { setInterval(() => {}, 1000); context.done(null, 6) }", `{}`, `6`},
		{"succeed", "exports.handler = (e, context) => { setTimeout(context.succeed, 1, 7) }", `{}`, `7`},
		{"nothing", "exports.handler = () => {}", `{}`, `null`},
		{"nothing, but later", "exports.handler = () => { setTimeout(() => console.log('ran'), 5) }", `{}`, `null`},
		{"value", "exports.handler = (event) => 'plain ' + event", `"x"`, `"plain x"`},
		{"returns a timer and calls back", "exports.handler = (e, c, callback) => setTimeout(callback, 1, null, 8)", `{}`, `8`},
		{"undefined", "exports.handler = async () => undefined", `{}`, `null`},
		{"surrogate", "exports.handler = async (event) => event + '\\ud800'", `"\udfff"`, `"\udfff\ud800"`},
		{"infinity", "exports.handler = async () => [Infinity]", `{}`, `[null]`},
		{"date", "exports.handler = async () => new Date(0)", `{}`, `"1970-01-01T00:00:00.000Z"`},
		{"prototype", "exports.handler = async (event) => [event.a, Object.keys(event)]", `{"__proto__": {"a": 1}}`, `[null,["__proto__"]]`},
		{"cwd", "exports.handler = async () => [process.cwd(), __dirname, process.env.LAMBDA_TASK_ROOT].every((d, i, all) => require('fs').realpathSync(d) === require('fs').realpathSync(all[0]))", `{}`, `true`},
		{"stdin", "exports.handler = async () => require('fs').readFileSync(0, 'utf8')", `{}`, `""`},
		{"not main", "exports.handler = async () => [require.main === module, require.main !== undefined]", `{}`, `[false,true]`},
		{"globals", "global.handler = 1; exports.handler = async () => [typeof fetch, typeof structuredClone, this === module.exports]", `{}`, `["function","function",true]`},
		{"child", "exports.handler = async () => require('child_process').execFileSync('ls', ['/proc/self/fd']).toString().split('\\n').filter((f) => f > 3 && f < 30)", `{}`, `[]`},
		{"forked", `if (process.send) { process.send('child'); process.disconnect() }
			exports.handler = (e, c, callback) => { require('child_process').fork(__filename).once('message', (m) => callback(null, m + ' of parent')) }`, `{}`, `"child of parent"`},
		{"clustered", `const cluster = require('cluster')
			if (cluster.isWorker) process.send('worker', () => process.exit(0))
			exports.handler = (e, c, callback) => { cluster.fork().once('message', (m) => callback(null, m)) }`, `{}`, `"worker"`},
		{"thread", `const { Worker } = require('worker_threads')
			exports.handler = (e, c, callback) => { new Worker('console.log("in a thread"); require("worker_threads").parentPort.postMessage(9); process.exit(3)', { eval: true }).once('message', (m) => callback(null, m)) }`, `{}`, `9`},
		{"replaces what we use", "require('fs').writeSync = () => { throw 1 }; JSON.stringify = () => 'x'; process.kill = null; exports.handler = async () => 10", `{}`, `10`},
		{"closes stdout", "exports.handler = async () => { require('fs').closeSync(1); console.log('lost'); process.stderr.end(); console.error('lost'); return 11 }", `{}`, `11`},
		{"worker's timer", "exports.handler = async () => { await new Promise((r) => setImmediate(r)); await new Promise(process.nextTick); return 12 }", `{}`, `12`},
		{"argv", "exports.handler = async () => process.argv.length + process.argv[1].slice(-9)", `{}`, `"2/index.js"`},
		{"thread pool", "exports.handler = async () => { const n = () => require('fs').readdirSync('/proc/self/task').length, before = n(); await require('fs').promises.readFile(__filename); return n() - before }", `{}`, `7`},
		{"exit code", "process.exitCode = 3; exports.handler = () => {}", `{}`, `null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := worker.Injection{Env: map[string]string{"UV_THREADPOOL_SIZE": "7"}}
			run(t, "node", in, js(c.source), worker.Call{ID: "1", TimeoutMillis: 20_000}, c.event).returns(t, c.want)
		})
	}
}

func TestNodeWaitsForTheEventLoop(t *testing.T) {
	t.Parallel()
	source := "exports.handler = (e, c, callback) => { callback(null, 1); setTimeout(() => console.log('ran'), 50) }"
	o := run(t, "node", worker.Injection{}, js(source), worker.Call{}, "{}")
	o.returns(t, "1")
	if o.log.String() != "ran\n" {
		t.Errorf("log %q", o.log.String())
	}
	source = "exports.handler = (e, c, callback) => { c.callbackWaitsForEmptyEventLoop = false; callback(null, 1); setTimeout(() => console.log('ran'), 50) }"
	if o = run(t, "node", worker.Injection{}, js(source), worker.Call{}, "{}"); o.log.Len() > 0 {
		t.Errorf("log %q", o.log.String())
	}
}

func TestNodeRaw(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"buffer", "Buffer.from(event).reverse()", "!\xff\x00"},
		{"array", "new Uint8Array([255, 1])", "\xff\x01"},
		{"view", "new Uint16Array(new Uint8Array([1, 2, 3, 4]).buffer, 2)", "\x03\x04"},
		{"memory", "new Uint8Array([7]).buffer", "\x07"},
		{"text", "'ü'", "ü"},
		{"nothing", "undefined", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source := "exports.handler = async (event) => " + c.body
			run(t, "node", worker.Injection{}, js(source), worker.Call{Raw: true}, "\x00\xff!").returns(t, c.want)
		})
	}
	for value, kind := range map[string]string{"7": "a number", "{}": "an object"} {
		o := run(t, "node", worker.Injection{}, js("exports.handler = async () => ("+value+")"), worker.Call{Raw: true}, "")
		if f := o.fails(t, worker.FunctionFailed, "the result is not bytes: it is "+kind); f.Function.ErrorType != "Runtime.MarshalError" {
			t.Fatalf("%+v", f.Function)
		}
	}
}

func TestNodeHandlers(t *testing.T) {
	const (
		common = "exports.handler = async () => typeof require"
		module = "export const handler = async () => typeof require"
		typed  = `{"type": "module"}`
	)
	for _, c := range []struct {
		name, handler, resolved, want string
		code                          files
	}{
		{"default", "", "index.handler", `"function"`, files{"index.js": common, "app.js": common}},
		{"commonjs by name", "index.handler", "index.handler", `"function"`, files{"index.cjs": common, "package.json": typed}},
		{"module by name", "", "index.handler", `"undefined"`, files{"index.mjs": module}},
		{"module by package.json", "", "index.handler", `"undefined"`, files{"index.js": module, "package.json": typed}},
		{"module by syntax", "", "index.handler", `"undefined"`, files{"index.js": module}},
		{"module by syntax, other package.json", "", "index.handler", `"undefined"`, files{"index.js": module, "package.json": `{"name": "x"}`}},
		{"module by syntax, and its imports", "", "index.handler", `"n"`, files{"index.js": "import { n } from './lib/n.js'\nexport async function handler() { return n }", "lib/n.js": "export const n = 'n'"}},
		{"minified module", "", "index.handler", `1`, files{"index.js": `import{join}from"path";const h=async()=>1;export{h as handler};`}},
		{"words of modules", "", "index.handler", `"function"`, files{"index.js": "// export\n" + common + "\n/*\nimport x\n*/"}},
		{"commonjs below a module", "lib/a.handler", "lib/a.handler", `"function"`, files{"lib/a.js": common, "lib/package.json": `{"type": "commonjs"}`, "package.json": typed}},
		{"commonjs, package.json is no object", "lib/a.handler", "lib/a.handler", `"function"`, files{"lib/a.js": common, "lib/package.json": "1", "package.json": typed}},
		{"module, package.json is no object", "lib/a.handler", "lib/a.handler", `"undefined"`, files{"lib/a.js": module, "lib/package.json": `"text"`}},
		{"module, package.json of no known type", "", "index.handler", `"undefined"`, files{"index.js": module, "package.json": `{"type": 5}`}},
		{"top-level await", "", "index.handler", `5`, files{"index.mjs": "const n = await new Promise((done) => setTimeout(done, 5, 5))\nexport const handler = async () => n"}},
		{"module imports commonjs", "", "index.handler", `6`, files{"index.mjs": "import c from './c.cjs'\nexport const handler = async () => c.six", "c.cjs": "exports.six = 6"}},
		{"commonjs imports module", "", "index.handler", `7`, files{"index.js": "exports.handler = async () => (await import('./m.mjs')).seven", "m.mjs": "export const seven = 7"}},
		{"default export", "index.default", "index.default", `8`, files{"index.mjs": "export default async () => 8"}},
		{"only a default export", "", "index.default", `8`, files{"index.mjs": "export default async () => 8"}},
		{"of a default export", "index.handler", "index.handler", `9`, files{"index.mjs": "export default { handler: async () => 9 }"}},
		{"of a transpiled default", "index.handler", "index.handler", `9`, files{"index.js": "exports.__esModule = true; exports.default = { handler: async () => 9 }"}},
		{"the module is a function", "", "index.default", `10`, files{"index.js": "module.exports = async () => 10"}},
		{"app", "", "app.lambdaHandler", `11`, files{"app.js": "exports.lambdaHandler = async () => 11", "other.js": common}},
		{"main", "index.handler", "main.main", `12`, files{"main.mjs": "export const main = async () => 12"}},
		{"directory", "src/app.handler", "src/app.handler", `"function"`, files{"src/app.js": common}},
		{"directory as a module", "src.handler", "src.handler", `"function"`, files{"src/index.js": common}},
		{"nested", "index.api.get", "index.api.get", `13`, files{"index.js": "exports.api = { get: async () => 13 }"}},
		{"dot in the file's name", "my.app.handler", "my.app.handler", `"function"`, files{"my.app.js": common}},
		{"no ending", "index.handler", "index.handler", `"function"`, files{"index": common}},
		{"package", "pack.handler", "pack.handler", `"function"`, files{"node_modules/pack/package.json": `{"main": "m.js"}`, "node_modules/pack/m.js": common}},
		{"neighbour", "src/a.handler", "src/a.handler", `14`, files{"src/a.js": "const { n } = require('../b'); exports.handler = async () => n", "b.js": "exports.n = 14"}},
		{"own packages", "", "index.handler", `15`, files{"index.mjs": "import n from 'n'\nexport const handler = async () => n", "node_modules/n/index.js": "module.exports = 15"}},
		{"data file", "", "index.handler", `"data"`, files{"index.mjs": "import fs from 'fs'\nexport const handler = async () => fs.readFileSync('d.txt', 'utf8') + (fs.readFileSync(new URL('./d.txt', import.meta.url), 'utf8') === 'data' ? '' : '!')", "d.txt": "data"}},
		{"json", "", "index.handler", `{"v":1}`, files{"index.js": "const c = require('./c'); exports.handler = async () => c", "c.json": `{"v": 1}`}},
		{"class", "index.Api.get", "index.Api.get", `16`, files{"index.js": "exports.Api = class { static async get() { return 16 } }"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "node", worker.Injection{Handler: c.handler}, c.code, worker.Call{}, "{}")
			o.returns(t, c.want)
			if o.ack.Handler != c.resolved {
				t.Errorf("handler %q, wanted %q", o.ack.Handler, c.resolved)
			}
			if o.log.Len() > 0 {
				t.Errorf("log %q", o.log.String())
			}
		})
	}
}

func TestNodeLoadFailures(t *testing.T) {
	const h = "exports.handler = async () => {}\n"
	for _, c := range []struct {
		name, handler string
		code          files
		kind          worker.Kind
		text          string
	}{
		{"no module", "", files{"x.js": h}, worker.Invalid, "there is no index.js"},
		{"no such module", "src/x.handler", files{"x.js": h}, worker.Invalid, "there is no module src/x"},
		{"node's own module", "fs.readFileSync", files{"x.js": h}, worker.Invalid, "there is no module fs"},
		{"two candidates", "", files{"main.js": h, "app.js": h}, worker.Invalid, "app.js and main.js may each be meant"},
		{"no attribute", "m.nothing", files{"m.js": h}, worker.Invalid, "m.js exports no nothing"},
		{"no default attribute", "", files{"index.js": "exports.other = 1"}, worker.Invalid, "index.js exports no function handler"},
		{"not callable", "m.x", files{"m.js": "exports.x = 1"}, worker.Invalid, "it is no function"},
		{"malformed", "m", files{"m.js": h}, worker.Invalid, "MODULE.FUNCTION"},
		{"outside", "../m.handler", files{"m.js": h}, worker.Invalid, "MODULE.FUNCTION"},
		{"require", "m.handler", files{"m.js": "require('not-installed')\n" + h}, worker.FunctionFailed, "failed to load: Error: Cannot find module 'not-installed'"},
		{"import", "m.handler", files{"m.mjs": "import 'not-installed'"}, worker.FunctionFailed, "failed to load: Error: Cannot find package 'not-installed' imported from m.mjs"},
		{"export", "m.handler", files{"m.mjs": "import { y } from './n.mjs'", "n.mjs": ""}, worker.FunctionFailed, "does not provide an export named 'y' (m.mjs, line 1)"},
		{"syntax", "m.handler", files{"m.js": h + "\nvar = 2"}, worker.FunctionFailed, "failed to load: SyntaxError: Unexpected token '=' (m.js, line 3)"},
		{"syntax further in", "m.handler", files{"m.js": "require('./lib/n')", "lib/n.js": "a b"}, worker.FunctionFailed, "(lib/n.js, line 1)"},
		{"syntax of a module", "m.handler", files{"m.mjs": "import './lib/n.mjs'", "lib/n.mjs": "\n\na b"}, worker.FunctionFailed, "(lib/n.mjs, line 3)"},
		{"throw", "m.handler", files{"m.js": "throw new TypeError('x')"}, worker.FunctionFailed, "failed to load: TypeError: x"},
		{"throw in a module", "m.handler", files{"m.mjs": "await null; throw new TypeError('x')"}, worker.FunctionFailed, "failed to load: TypeError: x"},
		{"throw later", "m.handler", files{"m.mjs": "setTimeout(() => { throw new TypeError('x') }); await new Promise(() => {})"}, worker.FunctionFailed, "failed to load: TypeError: x"},
		{"rejected", "m.handler", files{"m.mjs": "Promise.reject(new TypeError('x')); await new Promise((done) => setTimeout(done, 100))"}, worker.FunctionFailed, "failed to load: a promise was rejected and nobody handled it: TypeError: x"},
		{"never", "m.handler", files{"m.mjs": "await new Promise(() => {})"}, worker.FunctionFailed, "failed to load: its top-level await never settled"},
		{"exit", "m.handler", files{"m.js": "process.exit(4)"}, worker.FunctionFailed, "failed to load: the function called process.exit(4)"},
		{"exit with 0", "m.handler", files{"m.mjs": "process.exit()"}, worker.FunctionFailed, "failed to load: the function called process.exit(0)"},
		{"hard exit", "m.handler", files{"m.js": "process.reallyExit(4)"}, worker.FunctionFailed, "exit status 4"},
		{"package.json", "m.handler", files{"m.js": h, "package.json": "{"}, worker.FunctionFailed, "package.json"},
		{"package.json below", "lib/m.handler", files{"lib/m.js": h, "lib/package.json": ""}, worker.FunctionFailed, "lib/package.json"},
		{"package.json is null", "lib/m.handler", files{"lib/m.js": h, "lib/package.json": "null"}, worker.Invalid, "lib/package.json is null: write an object, {}, or remove it"},
		{"slow", "m.handler", files{"m.js": "for (;;);"}, worker.Timeout, "loading the function took longer than 2s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "node", worker.Injection{Handler: c.handler, TimeoutMillis: 2000}, c.code, worker.Call{}, "{}")
			o.fails(t, c.kind, c.text)
		})
	}
}

func TestNodeCallFailures(t *testing.T) {
	const raised = worker.FunctionFailed
	for _, c := range []struct {
		name, body, event string
		kind              worker.Kind
		text, errorType   string
	}{
		{"throw", "throw new TypeError('x')", "{}", raised, "TypeError: x", "TypeError"},
		{"named", "const e = new Error('x'); e.name = 'MyError'; throw e", "{}", raised, "MyError: x", "MyError"},
		{"string", "throw 'text'", "{}", raised, "text", "string"},
		{"object", "throw { statusCode: 404 }", "{}", raised, "{ statusCode: 404 }", "object"},
		{"undefined", "throw undefined", "{}", raised, "undefined", "undefined"},
		{"callback", "callback(new RangeError('x'))", "{}", raised, "RangeError: x", "RangeError"},
		{"callback with text", "setInterval(() => {}, 1000); callback('text')", "{}", raised, "text", "string"},
		{"fail", "context.fail(new Error('x'))", "{}", raised, "Error: x", "Error"},
		{"done", "context.done('text')", "{}", raised, "text", "string"},
		{"rejection", "return Promise.reject(new TypeError('x'))", "{}", raised, "TypeError: x", "TypeError"},
		{"unhandled rejection", "Promise.reject(new TypeError('x')); setTimeout(() => {}, 10_000)", "{}", raised, "a promise was rejected and nobody handled it: TypeError: x", "Runtime.UnhandledPromiseRejection"},
		{"uncaught", "setTimeout(() => { throw new TypeError('x') }); setTimeout(() => {}, 10_000)", "{}", raised, "TypeError: x", "TypeError"},
		{"event of an emitter", "new (require('events'))().emit('error', new TypeError('x'))", "{}", raised, "TypeError: x", "TypeError"},
		{"after the callback", "callback(null, 1); setTimeout(() => { throw new TypeError('x') })", "{}", raised, "TypeError: x", "TypeError"},
		{"never", "return new Promise(() => {})", "{}", raised, "the handler's promise never settled", "Runtime.PromiseNeverSettled"},
		{"exit", "process.exit(3)", "{}", raised, "the function called process.exit(3)", "Runtime.ExitError"},
		{"exit later", "setTimeout(process.exit, 1, 0)", "{}", raised, "the function called process.exit(0)", "Runtime.ExitError"},
		{"hard exit", "process.reallyExit(3)", "{}", raised, "exit status 3", "Runtime.ExitError"},
		{"silent exit", "process.reallyExit(0)", "{}", raised, "without a result", "Runtime.ExitError"},
		{"abort", "process.abort()", "{}", raised, "killed by signal: aborted", "Runtime.ExitError"},
		{"signal", "process.kill(process.pid, 'SIGSEGV'); for (;;);", "{}", raised, "killed by signal: segmentation fault", "Runtime.ExitError"},
		{"unprintable", "throw new Proxy({}, { get() { throw 1 } })", "{}", raised, "", ""},
		{"hostile error", "class E extends Error { get message() { throw this } get name() { throw this } get stack() { throw this } }\nthrow new E()", "{}", raised, "", ""},
		{"endless text", "throw new Error('x'.repeat(5 << 20))", "{}", raised, "Error: xxx", "Error"},
		{"recursion", "const f = () => f(); f()", "{}", raised, "RangeError: Maximum call stack size exceeded", "RangeError"},
		{"many", "throw new AggregateError([new Error('a'), 'b'])", "{}", raised, "AggregateError: a; b", "AggregateError"},
		{"function", "callback(null, () => {})", "{}", raised, "the result is not JSON: it is a function", "Runtime.MarshalError"},
		{"symbol", "return Promise.resolve(Symbol('x'))", "{}", raised, "the result is not JSON: it is a symbol", "Runtime.MarshalError"},
		{"object without JSON", "callback(null, { toJSON() {} })", "{}", raised, "the result is not JSON: it is an object", "Runtime.MarshalError"},
		{"bigint", "callback(null, { n: 1n })", "{}", raised, "not JSON: Do not know how to serialize a BigInt", "Runtime.MarshalError"},
		{"cycle", "const a = {}; a.a = a; callback(null, a)", "{}", raised, "not JSON: Converting circular structure to JSON", "Runtime.MarshalError"},
		{"toJSON", "return { toJSON() { throw new Error('x') } }", "{}", raised, "not JSON: x", "Runtime.MarshalError"},
		{"bad event", "", "{", worker.Invalid, "the event is not JSON", ""},
		{"event is no text", "", "\"\xff\"", worker.Invalid, "the event is not JSON", ""},
		{"no event", "", "", worker.Invalid, "the event is not JSON", ""},
		{"closes stream", "require('fs').closeSync(3); setTimeout(() => {}, 10_000)", "{}", raised, "closed the worker's stream", ""},
		{"closes stream and returns", "require('fs').closeSync(3)", "{}", raised, "", ""},
		{"writes to the stream", "require('fs').writeSync(3, 'hello'); setTimeout(() => {}, 10_000)", "{}", raised, "the worker's stream", ""},
		{"stream not ended", "", "{}", raised, "the response stream was not ended", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source := "exports.handler = (event, context, callback) => {\n " + c.body + "\n}\n"
			if c.name == "stream not ended" {
				source = "exports.handler = awslambda.streamifyResponse(async (event, stream) => { stream.write('x') })"
			}
			o := run(t, "node", worker.Injection{}, js(source), worker.Call{TimeoutMillis: 20_000}, c.event)
			f := o.fails(t, c.kind, c.text)
			if c.errorType != "" && (f.Function == nil || f.Function.ErrorType != c.errorType) {
				t.Errorf("function error %+v", f.Function)
			}
		})
	}
}

func TestNodeStackTraceIsTheUsers(t *testing.T) {
	for name, c := range map[string]struct {
		code  files
		trace []string
	}{
		"commonjs": {files{"index.js": "const { inner } = require('./lib/b')\nexports.handler = async () => {\n  inner()\n}\n", "lib/b.js": "exports.inner = () => JSON.parse('x')"},
			[]string{"at JSON.parse (<anonymous>)", "at exports.inner (lib/b.js:1:", "at exports.handler (index.js:3:3)"}},
		"module": {files{"index.mjs": "export const handler = async () => {\n  throw new Error('x', { cause: new TypeError('y') })\n}\n"},
			[]string{"at handler (index.mjs:2:9)", "caused by TypeError: y"}},
		"syntax": {files{"index.js": "exports.handler = async () => require('./b')", "b.js": "a b"},
			[]string{"a b", "  ^", "at ", "at exports.handler (index.js:1:31)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trace := run(t, "node", worker.Injection{}, c.code, worker.Call{}, "{}").fails(t, worker.FunctionFailed, "").Function.StackTrace
			for i, want := range c.trace {
				if name == "syntax" && want == "at " {
					continue
				}
				if len(trace) != len(c.trace) && name != "syntax" || !strings.Contains(fmt.Sprint(trace), want) {
					t.Fatalf("entry %d of %q, wanted %q", i, trace, want)
				}
			}
			if strings.Contains(fmt.Sprint(trace), "bootstrap") || strings.Contains(fmt.Sprint(trace), "node:internal") {
				t.Errorf("stack trace %q", trace)
			}
		})
	}
}

func TestNodeStreamedResults(t *testing.T) {
	const streamify = "exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {\n%s\n})"
	for _, c := range []struct{ name, body, want string }{
		{"write and end", "stream.setContentType('text/html'); stream.write('a'); stream.write(Buffer.from([255])); stream.end('b')", "a\xffb"},
		{"object", "stream.write({ n: 1 }); stream.end()", `{"n":1}`},
		{"from", "stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 }); stream.write('x'); stream.end()", "x"},
		{"ended later", "setTimeout(() => stream.end('late ' + context.functionName), 5)", "late f"},
		{"pipeline", "await require('stream/promises').pipeline(require('stream').Readable.from(['p', 'q']), require('stream').PassThrough(), stream)", "pq"},
		{"large", "await require('stream/promises').pipeline(require('stream').Readable.from(Array(100).fill('z'.repeat(1 << 15))), stream)", strings.Repeat("z", 100<<15)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			run(t, "node", worker.Injection{}, js(fmt.Sprintf(streamify, c.body)), worker.Call{}, "{}").returns(t, c.want)
		})
	}
	o := run(t, "node", worker.Injection{}, js(fmt.Sprintf(streamify, "for (;;) stream.write(Buffer.alloc(1 << 20))")), worker.Call{}, "{}")
	o.fails(t, worker.ResourceExhausted, "larger than 16 MiB")
}

func TestNodeLimitsOfEventAndResult(t *testing.T) {
	event := func(n int) string { return `"` + strings.Repeat("e", n-2) + `"` }
	const length = "exports.handler = async (event) => event.length"
	const result = "exports.handler = async (event) => 'r'.repeat(event - 2)"
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
			o := run(t, "node", worker.Injection{}, js(c.source), worker.Call{}, c.event)
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

func TestNodeContext(t *testing.T) {
	t.Parallel()
	source := `
exports.handler = async (event, context) => [context.awsRequestId, context.functionName, context.functionVersion,
    context.memoryLimitInMB, context.invokedFunctionArn, context.logGroupName, context.logStreamName !== '',
    context.identity, context.clientContext, context.callbackWaitsForEmptyEventLoop,
    context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 9000, process.env._HANDLER]
`
	in := worker.Injection{Function: "g", Version: "7", MemoryBytes: 128 << 20}
	o := run(t, "node", in, js(source), worker.Call{ID: "id-1", TimeoutMillis: 9000}, "{}")
	o.returns(t, `["id-1","g","7","128","arn:fn:local:::function:g:7","/fn/g",true,null,null,true,true,"index.handler"]`)
}

func TestNodeLogIsNeverResult(t *testing.T) {
	t.Parallel()
	source := `
console.log('at import')
exports.handler = async () => {
  console.log('%s %o', 'logged', { a: 1 })
  console.info('informed')
  process.stdout.write('half \ud800 no end of line')
  require('fs').writeSync(1, Buffer.from([255, 10]))
  require('child_process').execFileSync('/bin/echo', ['child'], { stdio: 'inherit' })
  console.warn('warned')
  console.error(new Error('printed'))
  return 1
}
`
	o := run(t, "node", worker.Injection{}, js(source), worker.Call{}, "{}")
	o.returns(t, "1")
	if got, want := o.stdout.String(), "at import\nlogged { a: 1 }\ninformed\nhalf \ufffd no end of line\xff\nchild\n"; got != want {
		t.Errorf("stdout %q, wanted %q", got, want)
	}
	for _, want := range []string{"warned\n", "Error: printed\n    at exports.handler"} {
		if !bytes.Contains(o.log.Bytes(), []byte(want)) {
			t.Errorf("no %q in the log %q", want, o.log.String())
		}
	}
}

func TestNodeLogOfACrashIsWhole(t *testing.T) {
	for _, c := range []struct {
		name, crash  string
		times, lines int
	}{
		{"throw", "throw new Error('over')", 1000, 1000},
		{"exit", "process.exit(1)", 10_000, 1},
		{"abort", "process.abort()", 10_000, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source := fmt.Sprintf("exports.handler = async () => { for (let i = 0; i < %d; i++) console.log('l' + '\\nl'.repeat(%d)); %s }", c.times, c.lines-1, c.crash)
			o := run(t, "node", worker.Injection{}, js(source), worker.Call{}, "{}")
			if o.end.Failure == nil || o.end.Failure.Kind != worker.FunctionFailed {
				t.Fatalf("failure %+v", o.end.Failure)
			}
			if lines := bytes.Count(o.stdout.Bytes(), []byte("l\n")); lines != c.times*c.lines {
				t.Errorf("%d lines of %d", lines, c.times*c.lines)
			}
		})
	}
}

func TestNodeEnvironment(t *testing.T) {
	t.Parallel()
	source := "const atImport = process.env.MINE; exports.handler = async () => [atImport, process.env, new Date(0).getHours()]"
	in := worker.Injection{Env: map[string]string{"MINE": "1", "ALSO": ""}, MemoryBytes: 128 << 20}
	o := run(t, "node", in, js(source), worker.Call{}, "{}")
	var got []any
	if err := json.Unmarshal(o.out.Bytes(), &got); err != nil {
		t.Fatal(err, o.end.Failure)
	}
	checkEnvironment(t, o.ack, got[1].(map[string]any))

	in.Env = map[string]string{"TZ": "Asia/Tokyo"}
	o = run(t, "node", in, js("exports.handler = async () => new Date(0).getHours()"), worker.Call{}, "{}")
	o.returns(t, "9")
}
