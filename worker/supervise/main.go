package supervise

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// Main is what a worker program's main does: it runs a worker on the process's
// standard input and output, as the flags say, and returns or exits. Without
// serve it has no language provided.
func Main(serve func(private bool) (RuntimeAPI, error)) {
	cfg := Config{In: os.Stdin, Out: os.Stdout, Environ: os.Environ(), Serve: serve}
	flag.StringVar(&cfg.Language, "language", "", "what to run: exec, python, node or provided")
	flag.StringVar(&cfg.Interpreter, "interpreter", "", "the interpreter's absolute `path`")
	flag.StringVar(&cfg.Dir, "dir", "", "a private `directory` to fill and remove")
	flag.BoolVar(&cfg.OwnNetwork, "own-network", false, "this worker has a network of its own")
	preload := flag.String("preload", "", "`modules`, separated by commas, to import before a function is known")
	flag.Parse()
	if *preload != "" {
		cfg.Preload = strings.Split(*preload, ",")
	}
	if err := Run(cfg); err != nil {
		fmt.Fprintln(os.Stderr, "fn-worker:", err)
		os.Exit(1)
	}
}
