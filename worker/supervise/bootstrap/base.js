"use strict";
// The node side of a worker: waits for one function, calls it once, ends.
//
// It speaks the frames of package frame on descriptor 3 with fn-worker, which
// unpacks the code, limits it and carries everything further. All of that is
// synchronous, so that the event loop holds nothing but the function's own:
// when it is empty, the function is done. What the function prints goes to the
// ordinary descriptors 1 and 2, which are log.
//
// The files of this directory are one script, put together: this one comes first.

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

// What the parts share.
const worker = {
  roots: [], // the code's directory, as it was named and as it really is
  doing: "preparing: ", // put before what goes wrong
  running: "the function", // whose code runs
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
