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
