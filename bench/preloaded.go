package main

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path/filepath"
)

const (
	broughtFunction  = "brought"   // python: has its own package, which takes 300 ms to import
	preloadFunction  = "preloaded" // the same on a runtime that has the package imported
	preloadedRuntime = "weighty"
)

// preloaded measures a function whose package takes long to import, with the
// package as its own requirement and as one that its runtime preloads.
func (l *lab) preloaded(ctx context.Context) ([]*table, error) {
	if l.absent[helloFunction] != "" {
		return nil, nil
	}
	dir := l.path("weighty")
	source := "import time\n\ntime.sleep(0.3)\nanswer = 'hello'\n"
	handler := "import weighty\n\n\ndef handler(event, context):\n    return weighty.answer\n"
	err := errors.Join(
		writeWheel(filepath.Join(dir, broughtFunction, "wheels"), "weighty", source),
		write(filepath.Join(dir, broughtFunction, "requirements.txt"), "weighty\n"),
		write(filepath.Join(dir, broughtFunction, "handler.py"), handler),
		write(filepath.Join(dir, preloadFunction, "handler.py"), handler),
		write(filepath.Join(dir, "runtime.txt"), "weighty\n--no-index\n--find-links "+filepath.Join(dir, broughtFunction, "wheels")+"\n"),
	)
	if err != nil {
		return nil, err
	}
	if _, err := l.home.do(ctx, "runtime", "create", preloadedRuntime, "--from", "python",
		"--requirements", filepath.Join(dir, "runtime.txt"), "--preload", "weighty"); err != nil {
		return nil, err
	}
	for name, runtime := range map[string]string{broughtFunction: "python", preloadFunction: preloadedRuntime} {
		if _, err := l.home.do(ctx, "create", name, filepath.Join(dir, name), "--runtime", runtime); err != nil {
			return nil, err
		}
		defer l.home.do(context.WithoutCancel(ctx), "delete", name) //nolint:errcheck // the home is thrown away
		if _, err := l.home.do(ctx, "run", name); err != nil {
			return nil, err
		}
	}
	calls := []*command{l.home.run(helloFunction, helloResult), l.home.run(preloadFunction, helloResult), l.home.run(broughtFunction, helloResult)}
	commands := append([]*command{l.floor()}, calls...)
	samples, err := interleave(ctx, l.dir, plan{rounds: max(1, l.n/4), warmup: 1, gap: l.gap, between: l.refill}, commands...)
	if err != nil {
		return nil, err
	}
	t := timeTable("preloaded", "A package that takes 300 ms to import: preloaded by the runtime, or brought by the function", commands, samples)
	return l.withPhases(ctx, t, calls, samples[1:])
}

// writeWheel makes a package of one module, as pip installs it.
func writeWheel(dir, name, source string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(dir, name+"-1.0-py3-none-any.whl"))
	if err != nil {
		return err
	}
	defer file.Close()
	info, z := name+"-1.0.dist-info/", zip.NewWriter(file)
	for _, f := range [][2]string{
		{name + ".py", source},
		{info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", name + ".py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n"},
	} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

func write(path, text string) error {
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644))
}
