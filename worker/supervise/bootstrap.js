"use strict";
// The node side of a worker: waits for one function, calls it once, ends.
//
// It speaks the frames of package frame on descriptor 3 with fn-worker, which
// unpacks the code, limits it and carries everything further. All of that is
// synchronous, so that the event loop holds nothing but the function's own:
// when it is empty, the function is done. What the function prints goes to the
// ordinary descriptors 1 and 2, which are log.

const fs = require("node:fs");
const vm = require("node:vm");
const path = require("node:path");
const util = require("node:util");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");
const { Writable } = require("node:stream");

// The function may replace what it finds in these objects.
const { readSync, writeSync } = fs;
const { parse, stringify } = JSON;
const now = performance.now.bind(performance);
const kill = process.kill.bind(process, process.pid, "SIGKILL");
const exit = process.reallyExit.bind(process, 0);

const HELLO = 1, INJECT = 2, ACK = 5, CALL = 6, EVENT_END = 8, RESULT = 10, END = 11;
const STREAM = 3;
const CHUNK = 256 << 10;
const LONGEST_TEXT = 64 << 10; // of an error's message
const DEEPEST_TRACE = 50; // entries of a stack trace

// What is taken for the default handler where that is missing.
const CANDIDATES = {
  index: ["handler", "lambdaHandler", "default"],
  handler: ["handler", "lambdaHandler", "default"],
  app: ["handler", "lambdaHandler", "default"],
  main: ["handler", "lambdaHandler", "main", "default"],
};

// What the parts below share.
const worker = {
  roots: [], // the code's directory, as it was named and as it really is
  doing: "preparing: ", // put before what goes wrong
  whenIdle: null, // called when the event loop is empty
  rehearsing: true, // nothing is logged
  ended: false,
};

class Failure extends Error {
  constructor(kind, message, told) {
    super(message);
    this.kind = kind;
    this.told = told; // the function's own error, for the caller
  }
}

// Frames to and from fn-worker

function read(length) {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const n = readSync(STREAM, bytes, at, length - at, null);
    if (n === 0) endNow(); // fn-worker is gone
    at += n;
  }
  return bytes;
}

function readFrame() {
  const header = read(5);
  return { kind: header[0], payload: read(header.readUInt32BE(1)) };
}

function expect(wanted) {
  const { kind, payload } = readFrame();
  if (kind !== wanted) endNow();
  return parse(payload.toString());
}

function writeAll(fd, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      // A process that shares the descriptor made it non-blocking.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function writeFrame(kind, payload) {
  const header = Buffer.alloc(5);
  header[0] = kind;
  header.writeUInt32BE(payload.length, 1);
  writeAll(STREAM, Buffer.concat([header, payload]));
}

function tell(kind, message) {
  writeFrame(kind, Buffer.from(stringify(message)));
}

function sendResult(bytes) {
  for (let at = 0; at < bytes.length; at += CHUNK) writeFrame(RESULT, bytes.subarray(at, at + CHUNK));
}

/** Ends the process: nothing of the function's runs any more. */
function endNow() {
  kill();
  exit(); // the first process of a namespace cannot kill itself
}

/** Sends the last frames and ends. Whoever gets here first has the outcome. */
function conclude(outcome) {
  if (worker.ended) return;
  worker.ended = true;
  try {
    if (outcome instanceof Failure) {
      const { kind, message, told } = outcome;
      tell(END, { failure: { kind, message, function: told } });
    } else {
      sendResult(outcome);
      tell(END, {});
    }
  } finally {
    endNow();
  }
}

function fail(error) {
  conclude(failureOf(error));
}

// The log

/** Writes at once: what the function printed is there however it ends. */
class Log extends Writable {
  constructor(fd) {
    super();
    this.fd = fd;
    this._isStdio = true;
    this.destroySoon = this.destroy;
  }

  _write(bytes, encoding, done) {
    try {
      if (!worker.rehearsing) writeAll(this.fd, bytes);
    } catch {
      // closed by the function
    }
    done();
  }
}

function setUpLog() {
  for (const [name, fd] of [["stdout", 1], ["stderr", 2]]) {
    const log = new Log(fd);
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => log });
  }
}

// Finding the handler

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The file of a module of the code that is named without its ending, if it is there. */
function fileOf(code, name) {
  const base = path.join(code, name);
  return [".js", ".mjs", ".cjs", "", "/index.js", "/index.mjs", "/index.cjs"].map((ending) => base + ending).find(isFile);
}

/** The same of all that node itself finds: a package, or a directory that is one. */
function resolved(code, name) {
  for (const request of ["./" + name, name]) {
    try {
      const found = createRequire(path.join(code, "handler")).resolve(request);
      if (path.isAbsolute(found)) return found; // and not one of node's own
    } catch {
      // not there
    }
  }
  return undefined;
}

function badHandler(handler, what) {
  return new Failure("Invalid", `handler "${handler}": ${what}`);
}

/** Imports the handler's module; returns the handler's name, file and function. */
async function load(code, handler, standard) {
  const cut = handler.lastIndexOf("/") + 1;
  const dir = handler.slice(0, cut);
  const parts = handler.slice(cut).split(".");
  if (parts.length < 2 || parts.includes("") || dir.split("/").includes("..")) {
    throw badHandler(handler, "it must be MODULE.FUNCTION");
  }
  if (handler === standard) return loadStandard(code, handler);
  // The shortest module that there is, as on AWS Lambda; the rest is in it.
  for (let n = 1; n < parts.length; n++) {
    const module = dir + parts.slice(0, n).join(".");
    const file = fileOf(code, module) ?? resolved(code, module);
    if (!file) continue;
    const names = parts.slice(n);
    const handle = lookUp(await imported(file), names);
    if (handle === undefined) throw badHandler(handler, `${within(file)} exports no ${names.join(".")}`);
    if (typeof handle !== "function") throw badHandler(handler, "it is no function");
    return { name: handler, file, handle };
  }
  throw badHandler(handler, `there is no module ${dir}${parts.slice(0, -1).join(".")}`);
}

async function loadStandard(code, handler) {
  let there = Object.keys(CANDIDATES).map((module) => ({ module, file: fileOf(code, module) }));
  there = there.filter(({ file }) => file);
  if (there[0]?.module === "index") there.length = 1;
  if (there.length === 0) throw badHandler(handler, "there is no index.js or index.mjs in the code");
  if (there.length > 1) {
    const files = there.map(({ file }) => within(file)).join(" and ");
    throw badHandler(handler, `there is no index.js, and ${files} may each be meant`);
  }
  const [{ module, file }] = there;
  const exported = await imported(file);
  for (const name of CANDIDATES[module]) {
    const handle = lookUp(exported, [name]);
    if (typeof handle === "function") return { name: `${module}.${name}`, file, handle };
  }
  throw badHandler(handler, `${within(file)} exports no function ${CANDIDATES[module][0]}`);
}

/** What is exported by these names, by a default export too. */
function lookUp(exported, names) {
  for (const root of [exported, exported?.default]) {
    const found = names.reduce((object, name) => object?.[name], root);
    if (found !== undefined) return found;
  }
  // module.exports = function
  return typeof exported === "function" && names.join(".") === "default" ? exported : undefined;
}

// Importing: CommonJS by require, which is quicker, ES modules by import

async function imported(file) {
  if (!isModule(file)) return createRequire(file)(file);
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    // That finding the syntax out took time is nothing to log in every call.
    const code = rest[0]?.code ?? rest[1] ?? warning?.code;
    if (code !== "MODULE_TYPELESS_PACKAGE_JSON") emitWarning.call(process, warning, ...rest);
  };
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw located(error);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Whether a file is an ES module: by its name, its package.json or its syntax. */
function isModule(file) {
  if (path.extname(file) === ".mjs") return true;
  if (path.extname(file) !== ".js") return false;
  const { described, fields } = packageOf(file);
  if (fields.type) return fields.type === "module";
  if (!hasModuleSyntax(fs.readFileSync(file, "utf8"))) return false;
  // A node that cannot require modules cannot find their syntax out either. It
  // is told so in this call's own copy of the code.
  if (!process.features.require_module) fs.writeFileSync(described, stringify({ ...fields, type: "module" }));
  return true;
}

/** The package.json that a file of the code is under, or the one it could have. */
function packageOf(file) {
  for (let dir = path.dirname(file); worker.roots.some((root) => (dir + "/").startsWith(root)); dir = path.dirname(dir)) {
    const described = path.join(dir, "package.json");
    if (!isFile(described)) continue;
    try {
      return { described, fields: parse(fs.readFileSync(described, "utf8")) };
    } catch {
      return { described, fields: { type: "commonjs" } }; // node says what is wrong with it
    }
  }
  return { described: path.join(worker.roots[0], "package.json"), fields: {} };
}

function hasModuleSyntax(source) {
  if (!/\b(?:import|export)\b/.test(source)) return false;
  try {
    vm.compileFunction(source, ["exports", "require", "module", "__filename", "__dirname"]);
    return false;
  } catch ({ message }) {
    return /^(?:Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import.meta' outside|await is only valid)/.test(message);
  }
}

/**
 * Where in an ES module the syntax is wrong, node tells only when it ends of it:
 * so another one is made to compile what there is, and its last words are read.
 */
function located(error) {
  if (!(error instanceof SyntaxError) || syntaxPlace(error) || framesOf(error).length > 0) return error;
  const files = fs.readdirSync(worker.roots[0], { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes("/node_modules/"));
  const compile = `
    const [wanted, ...files] = process.argv.slice(1);
    for (const file of files) {
      try {
        new (require("vm").SourceTextModule)(require("fs").readFileSync(file, "utf8"), { identifier: file });
      } catch (error) {
        if (error.message === wanted) throw error;
      }
    }`;
  const args = ["--no-warnings", "--experimental-vm-modules", "-e", compile, error.message, ...files.slice(0, 500)];
  const { stderr } = require("node:child_process").spawnSync(process.execPath, args, { encoding: "utf8" });
  if (stderr) error.stack = stderr;
  return error;
}

// Telling what the function threw

/** Text with paths within the code. */
function within(text) {
  for (const root of worker.roots) text = text.replaceAll(pathToFileURL(root).href, "").replaceAll(root, "");
  return text;
}

/** The stack's entries of the user's code, innermost first. */
function framesOf(error) {
  return String(error.stack).split("\n")
    .filter((line) => /^ +at /.test(line) && !line.includes("node:internal/") && !line.includes(__filename))
    .map((line) => within(line.trim()).slice(0, 4096));
}

/** Where a syntax error is: the file, the line's number and text, marked. */
function syntaxPlace(error) {
  const found = /^(?:file:\/\/)?(\/.*):(\d+)\n(.*)\n([ \t^]*)\n/.exec(String(error.stack));
  return found && { file: within(found[1]), line: found[2], text: [found[3], found[4]] };
}

function isError(value) {
  return util.types.isNativeError(value) || value instanceof Error;
}

function textOf(value) {
  try {
    let text;
    if (isError(value)) text = String(value.message || Array.from(value.errors ?? [], textOf).join("; "));
    else if (typeof value === "object" && value !== null) text = util.inspect(value);
    else text = String(value);
    return within(text.split("\nRequire stack:")[0]).slice(0, LONGEST_TEXT);
  } catch {
    return "(its text cannot be told)";
  }
}

/** An error that nobody caught, as on AWS Lambda. */
function describe(error) {
  const told = { errorMessage: textOf(error), errorType: typeof error, stackTrace: [] };
  try {
    if (!isError(error)) return told;
    told.errorType = String(error.name || "Error").slice(0, 256);
    const place = error instanceof SyntaxError && syntaxPlace(error);
    if (place) {
      told.errorMessage += ` (${place.file}, line ${place.line})`;
      told.stackTrace.push(...place.text);
    }
    told.stackTrace.push(...framesOf(error).slice(0, DEEPEST_TRACE));
    for (let { cause } = error, depth = 0; cause && depth < 5; { cause } = cause, depth++) {
      const why = sentence({ errorMessage: textOf(cause), errorType: isError(cause) ? cause.name : typeof cause });
      told.stackTrace.push("caused by " + why);
    }
  } catch {
    // its properties throw
  }
  return told;
}

function sentence({ errorType, errorMessage }) {
  return /^[a-z]/.test(errorType) ? errorMessage : `${errorType}: ${errorMessage}`; // a typeof says nothing
}

/** What an error becomes for the caller. */
function failureOf(error) {
  if (error instanceof Failure) return error;
  const told = describe(error);
  return new Failure("FunctionFailed", worker.doing + sentence(told), told);
}

/** A failure that is no error of the function's own. */
function failed(errorType, message, more) {
  return new Failure("FunctionFailed", worker.doing + message, { errorMessage: message, errorType, stackTrace: [], ...more });
}

/** Hears of the ways to end that are no error thrown by the handler. */
function watchEnds() {
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", (reason) => {
    const { stackTrace, ...told } = describe(reason);
    const message = "a promise was rejected and nobody handled it: " + sentence(told);
    conclude(failed("Runtime.UnhandledPromiseRejection", message, { stackTrace }));
  });
  process.on("exit", (status) => {
    conclude(failed("Runtime.ExitError", `the function called process.exit(${status})`, { exitStatus: status & 0xff }));
  });
  process.on("beforeExit", () => worker.whenIdle());
}

/** What it means when the event loop is empty and a promise still waits. */
function neverSettled(what) {
  return () => conclude(failed("Runtime.PromiseNeverSettled", what + ", and nothing is left that could settle it"));
}

// The call

/** The context of AWS Lambda. */
function contextOf(call) {
  const { env } = process;
  const ends = call.timeout_millis ? now() + call.timeout_millis : undefined;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: `arn:fn:local:::function:${env.AWS_LAMBDA_FUNCTION_NAME}:${env.AWS_LAMBDA_FUNCTION_VERSION}`,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? "",
    awsRequestId: call.id,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    identity: undefined,
    clientContext: undefined,
    // Without a limit there is as much time as can be told.
    getRemainingTimeInMillis: () => (ends === undefined ? 2 ** 31 - 1 : Math.max(0, Math.floor(ends - now()))),
  };
}

function takeEvent(raw) {
  const parts = [];
  for (let frame = readFrame(); frame.kind !== EVENT_END; frame = readFrame()) parts.push(frame.payload);
  const bytes = Buffer.concat(parts);
  if (raw) return bytes;
  try {
    return parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new Failure("Invalid", `the event is not JSON: ${textOf(error)}`);
  }
}

/** The result's bytes: JSON, or as they are. */
function packed(result, { raw, max_result_bytes: most }) {
  const bytes = raw ? bytesOf(result) : Buffer.from(jsonOf(result));
  if (bytes.length > most) throw tooLarge(most);
  return bytes;
}

function tooLarge(most) {
  return new Failure("ResourceExhausted", `the result is larger than ${most >> 20} MiB`);
}

function jsonOf(result) {
  if (result === undefined) return "null";
  let text, reason;
  try {
    text = stringify(result);
    reason = `it is a ${typeof result}`;
  } catch (error) {
    reason = textOf(error).split("\n")[0];
  }
  if (text === undefined) throw failed("Runtime.MarshalError", `the result is not JSON: ${reason}`);
  return text;
}

function bytesOf(result) {
  if (result === undefined || result === null) return Buffer.alloc(0);
  if (typeof result === "string" || result instanceof ArrayBuffer) return Buffer.from(result);
  if (ArrayBuffer.isView(result)) return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
  throw failed("Runtime.MarshalError", `the result is not bytes: it is a ${typeof result}`);
}

/** Calls the handler and takes its answer in each of the ways of AWS Lambda. */
function call(handle, event, context, pack) {
  let answered = false; // which is not yet told while the event loop is waited for
  const answer = (error, result, atOnce) => {
    if (answered) return;
    answered = true;
    attempt(() => {
      if (error !== undefined && error !== null) throw error;
      const bytes = pack(result);
      worker.whenIdle = () => conclude(bytes);
      if (atOnce) conclude(bytes);
    });
  };
  context.done = (error, result) => answer(error, result, true);
  context.succeed = (result) => answer(null, result, true);
  context.fail = (error) => answer(error ?? "the function called context.fail", undefined, true);
  const callback = (error, result) => answer(error, result, !context.callbackWaitsForEmptyEventLoop);

  worker.whenIdle = () => conclude(pack(undefined));
  const returned = handle(event, context, callback);
  if (typeof returned?.then === "function") {
    if (!answered) worker.whenIdle = neverSettled("the handler's promise never settled");
    returned.then((result) => (answered ? worker.whenIdle() : answer(null, result, true)), fail);
  } else if (returned !== undefined && !answered) {
    worker.whenIdle = () => attempt(() => conclude(pack(returned)));
  }
}

function attempt(step) {
  try {
    step();
  } catch (error) {
    fail(error);
  }
}

// Streamed results

const STREAMED = Symbol.for("aws.lambda.runtime.handler.streaming");

globalThis.awslambda = {
  streamifyResponse(handle) {
    handle[STREAMED] = "response";
    return handle;
  },
  // Status and headers are for a gateway; who calls a function gets the body.
  HttpResponseStream: { from: (stream) => stream },
};

/** What is written to it is the result. */
class ResponseStream extends Writable {
  constructor(most) {
    super();
    this.most = this.left = most;
  }

  setContentType(type) {
    this.contentType = type;
  }

  write(chunk, ...rest) {
    const asItIs = typeof chunk === "string" || chunk instanceof Uint8Array;
    return super.write(asItIs ? chunk : stringify(chunk), ...rest);
  }

  _write(bytes, encoding, done) {
    this.left -= bytes.length;
    if (this.left < 0) return fail(tooLarge(this.most));
    sendResult(bytes);
    return done();
  }
}

function callStreaming(handle, event, context, { max_result_bytes: most }) {
  const stream = new ResponseStream(most);
  const finished = new Promise((resolve) => stream.once("finish", resolve));
  let returned = false;
  worker.whenIdle = () => neverSettled(returned ? "the response stream was not ended" : "the handler's promise never settled")();
  const handled = Promise.resolve(handle(event, stream, context)).then(() => (returned = true));
  Promise.all([finished, handled]).then(() => conclude(Buffer.alloc(0)), fail);
}

// From the start to the end

/** Goes the way of a call once: the first time costs ten milliseconds more. */
async function rehearse() {
  const place = process.env.TMPDIR;
  const file = path.join(place, "fn_rehearsal.js");
  fs.writeFileSync(file, "exports.handler = async (event) => event; // export\n");
  worker.roots = [place + "/"];
  const { handle } = await load(place, "fn_rehearsal.handler", "");
  packed(await handle(parse('{"a": [1, "b"]}'), contextOf({})), { max_result_bytes: CHUNK });
  console.log("%s", new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from("{}")), { a: "b" });
  // No file: it would be read by the thread pool, whose size the function may set.
  await import("data:text/javascript,export const handler = 1");
  delete require.cache[fs.realpathSync(file)];
  fs.unlinkSync(file);
  worker.rehearsing = false;
}

async function preload(modules) {
  for (const module of modules) {
    try {
      require(module);
    } catch (error) {
      if (error.code !== "ERR_REQUIRE_ESM" && error.code !== "ERR_REQUIRE_ASYNC_MODULE") throw error;
      await import(pathToFileURL(require.resolve(module)).href);
    }
  }
}

async function initialise() {
  const { code, env, handler, default_handler: standard } = expect(INJECT);
  worker.doing = "the code failed to load: ";
  worker.roots = [code + "/", fs.realpathSync(code) + "/"];
  worker.whenIdle = neverSettled("its top-level await never settled");
  Object.assign(process.env, env);
  process.argv = [process.execPath, code];
  const { name, file, handle } = await load(code, handler, standard);
  process.argv[1] = file;
  process.env._HANDLER = name;
  tell(ACK, { handler: name });
  return handle;
}

function run(handle) {
  const message = expect(CALL);
  worker.doing = "";
  const event = takeEvent(message.raw);
  const context = contextOf(message);
  if (handle[STREAMED]) callStreaming(handle, event, context, message);
  else call(handle, event, context, (result) => packed(result, message));
}

async function main() {
  setUpLog();
  watchEnds();
  worker.whenIdle = neverSettled("the top-level await of a module to preload never settled");
  await preload(process.argv[2].split(",").filter(Boolean));
  await rehearse();
  tell(HELLO, { version: process.versions.node });
  run(await initialise());
}

main().catch(fail);
