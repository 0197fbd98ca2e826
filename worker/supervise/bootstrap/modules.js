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
  if (fields.type === "module" || fields.type === "commonjs") return fields.type === "module";
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
    return { described, fields: fieldsOf(described) };
  }
  return { described: path.join(worker.roots[0], "package.json"), fields: {} };
}

function fieldsOf(described) {
  let fields;
  try {
    fields = parse(fs.readFileSync(described, "utf8"));
  } catch {
    return { type: "commonjs" }; // node says what is wrong with it
  }
  // Of this one alone node does not: it fails on it, and passes over a number or a text.
  if (fields === null) throw new Failure("Invalid", `${within(described)} is null: write an object, {}, or remove it`);
  return typeof fields === "object" ? fields : {};
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
