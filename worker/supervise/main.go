package supervise

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/worker/hold"
	"github.com/fnhost/fn/worker/sandbox"
	"github.com/fnhost/fn/worker/seccomp"
)

// Main is what a worker program's main does: it runs a worker on the process's
// standard input and output, as the flags say, and returns or exits. Without
// serve it has no language provided.
func Main(serve func(private bool) (RuntimeAPI, error)) {
	cfg := Config{In: os.Stdin, Out: os.Stdout, Environ: os.Environ(), Serve: serve}
	flag.StringVar(&cfg.Language, "language", "", "what to run: exec, python, node or provided")
	flag.StringVar(&cfg.Interpreter, "interpreter", "", "the interpreter's absolute `path`, or names to look for in PATH, separated by commas")
	flag.StringVar(&cfg.Dir, "dir", "", "a private `directory` to fill and remove")
	flag.BoolVar(&cfg.OwnNetwork, "own-network", false, "this worker has a network of its own")
	flag.BoolVar(&cfg.Contained, "contained", false, "this worker's container bounds its memory")
	preload := flag.String("preload", "", "`modules`, separated by commas, to import before a function is known")
	modules := flag.String("modules", "", "`directories` of installed packages, separated as in PATH")
	enter := flag.String("sandbox", "", "the sandbox to enter first of all, as `JSON`; see package sandbox")
	try := flag.Bool("try", false, "end when the sandbox is entered and its directory written to")
	become := flag.Bool("become", false, "make the sandbox and become, in it, the program that the arguments name; see package template")
	holds := flag.Bool("hold", false, "keep a network namespace rather than serve a call; see package hold")
	filter := flag.Bool("filter", false, "keep from system calls that no function needs; see package seccomp")
	flag.Parse()
	if *filter {
		if err := seccomp.Install(); err != nil {
			exitWith(err)
		}
	}
	if *holds {
		if err := hold.Serve(cfg.In, cfg.Out); err != nil {
			exitWith(err)
		}
		return
	}
	if *become {
		exitWith(executeIn(*enter, flag.Args(), cfg.Environ))
	}
	err := enterSandbox(*enter)
	if err == nil && *try {
		err = os.Mkdir("try", 0o700)
	}
	if err != nil {
		exitWith(err)
	}
	if *try {
		return
	}
	cfg.Modules = filepath.SplitList(*modules)
	if *preload != "" {
		cfg.Preload = strings.Split(*preload, ",")
	}
	if err := Run(cfg); err != nil {
		exitWith(err)
	}
}

func exitWith(err error) {
	fmt.Fprintln(os.Stderr, "fn-worker:", err)
	os.Exit(1)
}

// enterSandbox brings the process into the sandbox in whose namespaces it was
// started.
func enterSandbox(text string) error {
	if text == "" {
		return nil
	}
	spec, err := specOf(text)
	if err != nil {
		return err
	}
	return spec.Enter()
}

// executeIn makes a sandbox and executes a program in it. It returns why not.
func executeIn(text string, args, environ []string) error {
	if len(args) == 0 {
		return errors.New("there is no program to become")
	}
	spec, err := specOf(text)
	if err != nil {
		return err
	}
	return spec.Exec(args[0], args, environ)
}

func specOf(text string) (spec sandbox.Spec, err error) {
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return spec, fmt.Errorf("the sandbox %q: %w", text, err)
	}
	return spec, nil
}
