// Command fn-worker is a worker: it serves one call over its stdin and stdout
// and ends. A component starts it, as a process of its own or as process 1 of
// a container; see packages worker (the stream) and supervise (what it does).
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/fnhost/fn/worker/supervise"
)

func main() {
	cfg := supervise.Config{In: os.Stdin, Out: os.Stdout, Environ: os.Environ()}
	flag.StringVar(&cfg.Language, "language", "", "what to run: exec or python")
	flag.StringVar(&cfg.Interpreter, "interpreter", "", "the interpreter's absolute `path`")
	flag.StringVar(&cfg.Dir, "dir", "", "a private `directory` to fill and remove")
	preload := flag.String("preload", "", "`modules`, separated by commas, to import before a function is known")
	flag.Parse()
	if *preload != "" {
		cfg.Preload = strings.Split(*preload, ",")
	}
	if err := supervise.Run(cfg); err != nil {
		fmt.Fprintln(os.Stderr, "fn-worker:", err)
		os.Exit(1)
	}
}
