// Command fn-worker-provided is the worker for the language provided: fn-worker
// with an HTTP server. It is a program of its own, since that server would cost
// every waiting worker of another language 2 MB and a fifth of its start.
package main

import (
	"github.com/fnhost/fn/worker/runtimeapi"
	"github.com/fnhost/fn/worker/supervise"
)

func main() { supervise.Main(runtimeapi.New) }
