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
    worker.running = module;
    try {
      require(module);
    } catch (error) {
      if (error.code !== "ERR_REQUIRE_ESM" && error.code !== "ERR_REQUIRE_ASYNC_MODULE") throw error;
      await import(pathToFileURL(require.resolve(module)).href);
    }
  }
  worker.running = "the function";
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
