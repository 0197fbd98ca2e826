//go:build linux

package faults

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
