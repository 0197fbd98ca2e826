//go:build unix

package supervise

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// killLimit is how long the end of killed processes is waited for.
const killLimit = 2 * time.Second

// endings are the signals that end a worker. One that is process 1 hears them
// until it has a function, which could send them as well.
var endings = []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT}

// Run serves one call and returns when nothing of it is left. The error is of
// the configuration or the system: how the call went is told over the stream.
func Run(cfg Config) error {
	stop := make(chan os.Signal, 1)
	// Catching them also gives the function's processes the default action,
	// even if this one was started with some of them ignored.
	signal.Notify(stop, endings...)
	// A write to a closed stream is an error to handle, not the end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	if err := guard(); err != nil {
		return err
	}
	s, err := newSession(cfg)
	if err != nil {
		return err
	}
	if os.Getpid() == 1 {
		process.Deafen(endings...)
		s.loads = func() { process.Deafen() }
	}
	defer worker.RemoveAll(cfg.Dir)
	defer s.language.kill()

	s.serveUntil(stop)
	return nil
}

// guard closes this process to the function and ties orphans to it.
func guard() error {
	for _, step := range []func() error{process.Adopt, process.KeepDescriptors, process.Conceal} {
		if err := step(); err != nil {
			return fmt.Errorf("guarding the worker: %w", err)
		}
	}
	return nil
}

// spareThreads are more than a call needs, of which each may wait in the kernel.
const spareThreads = 12

// newSession returns the session of a worker that is this process.
func newSession(cfg Config) (*session, error) {
	home, err := homeIn(cfg.Dir)
	if err != nil {
		return nil, err
	}
	s := sessionOn(cfg.In, cfg.Out)
	s.home, s.name, s.pid = home, cfg.Language, os.Getpid
	s.hungUp = func() bool { return hungUp(cfg.In) }
	if cfg.Contained {
		process.Reserve(spareThreads)
		s.memory.kills = process.MemoryKills
	} else {
		s.memory.members = func() []int { return process.Descendants(os.Getpid()) }
	}
	s.rehearses = true
	env := baseEnv(cfg.Environ, home)
	switch cfg.Language {
	case "exec":
		s.language = &execLanguage{home: home, output: s.output, environ: cfg.Environ, contained: cfg.Contained}
	case "python":
		s.language = &interpreted{
			dialect: python(cfg.Interpreter, cfg.Modules, cfg.Preload),
			home:    home, output: s.output, env: env, spawn: spawn, contained: cfg.Contained,
		}
	case "node":
		s.language = &interpreted{
			dialect: node(cfg.Interpreter, cfg.Modules, cfg.Preload),
			home:    home, output: s.output, env: env, spawn: spawn, contained: cfg.Contained,
		}
	case "provided":
		if cfg.Serve == nil {
			return nil, fmt.Errorf("the language provided needs the program fn-worker-provided")
		}
		api, err := cfg.Serve(cfg.OwnNetwork)
		if err != nil {
			return nil, fmt.Errorf("serving the Runtime API: %w", err)
		}
		s.language = &provided{home: home, output: s.output, environ: cfg.Environ, api: api, contained: cfg.Contained}
	default:
		return nil, fmt.Errorf("this worker has no language %q; it has exec, python, node and provided", cfg.Language)
	}
	return s, home.make()
}
