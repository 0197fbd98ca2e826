// Telling what the function threw

const LONGEST_TEXT = 64 << 10; // of an error's message
const DEEPEST_TRACE = 50; // entries of a stack trace

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
