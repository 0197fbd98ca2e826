// What the handler returned

/** The result's bytes: JSON, or as they are. */
function packed(result, { raw, max_result_bytes: most }) {
  const bytes = raw ? bytesOf(result) : Buffer.from(jsonOf(result));
  if (bytes.length > most) throw tooLarge(most);
  return bytes;
}

/** The type of a value, as a sentence has it. */
function typeOf(value) {
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function tooLarge(most) {
  return new Failure("ResourceExhausted", `the result is larger than ${most >> 20} MiB`);
}

function jsonOf(result) {
  if (result === undefined) return "null";
  let text, reason;
  try {
    text = stringify(result);
    reason = `it is ${typeOf(result)}`;
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
  throw failed("Runtime.MarshalError", `the result is not bytes: it is ${typeOf(result)}`);
}
