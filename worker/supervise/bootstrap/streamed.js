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
