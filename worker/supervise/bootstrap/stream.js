// Frames to and from fn-worker

const HELLO = 1, INJECT = 2, ACK = 5, CALL = 6, EVENT_END = 8, RESULT = 10, END = 11;
const STREAM = 3;
const CHUNK = 256 << 10;

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
