// Package launch starts workers as processes of this machine and ends them.
//
// Each is the program fn-worker in a session of its own, with a private
// directory, a socket as its standard input and output, and nothing of this
// process's environment or descriptors. Where the kernel lets this user make
// control groups, each has one.
//
// Python workers are forks of a template where the sandbox allows it, see
// package template of the worker; this process then supervises them itself.
//
// A worker ends by itself when its stream ends, so none outlives this process,
// however that ends. If a worker itself is killed, this process inherits what
// its function left running, and kills it (on Linux, where that can be known).
package launch
