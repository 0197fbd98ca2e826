// Command fn-worker is a worker: it serves one call over its stdin and stdout
// and ends. A component starts it, as a process of its own or as process 1 of
// a container; see packages worker (the stream) and supervise (what it does).
// The language provided has a program of its own, fn-worker-provided.
package main

import "github.com/fnhost/fn/worker/supervise"

func main() { supervise.Main(nil) }
