// The suite's function: the event is {"verb": ..., "arg": ...}, a verb and its argument.
"use strict";
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

exports.handler = async ({ verb, arg }) => verbs[verb](arg);

exports.echo = async (event) => event;

exports.count = async (event) => String(event.length + 2); // the quotes of a JSON string

const verbs = {
  version: () => fs.readFileSync(path.join(__dirname, "version"), "utf8"),
  say: (arg) => arg,
  print(arg) {
    console.log(arg);
    console.error(arg);
    return "printed";
  },
  env: (arg) => process.env[arg] ?? "",
  async later(arg) {
    console.log("begun");
    await new Promise((done) => setTimeout(done, 2000));
    return arg;
  },
  sleep(arg) {
    console.log("begun");
    spawnSync("sleep", [arg]);
    return "over";
  },
  fail(arg) {
    throw new TypeError(arg);
  },
  big: (arg) => "a".repeat(arg - 2), // and two quotes
  grow() {
    for (const kept = []; ; ) kept.push(Buffer.alloc(1 << 20, "x"));
  },
};
