// Finding the handler

// What is taken for the default handler where that is missing.
const CANDIDATES = {
  index: ["handler", "lambdaHandler", "default"],
  handler: ["handler", "lambdaHandler", "default"],
  app: ["handler", "lambdaHandler", "default"],
  main: ["handler", "lambdaHandler", "main", "default"],
};

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
