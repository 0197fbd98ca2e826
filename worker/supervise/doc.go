// Package supervise is what the program fn-worker does: it is the worker's side
// of the stream that package worker drives.
//
// Run starts the language's interpreter, says Hello, takes one injection and
// one call, and ends. Whatever ends it (the call is over, the stream is closed,
// SIGTERM), it first kills every process that the function started and then
// removes the worker's directory. SIGKILL cannot be caught: the kernel then
// kills the interpreter, and the component removes the directory.
//
// A language is one implementation of the interface of that name. The function
// is a process of its own; this one only carries bytes between it and the
// stream, so nothing the function writes can be taken for the worker's word.
package supervise
