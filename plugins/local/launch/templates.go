package launch

import (
	"maps"
	"os/exec"
	"slices"

	"github.com/fnhost/fn/worker/template"
)

// keeperFor returns what keeps the template that workers of the kind are forks
// of, nil where there is none.
func (l *Launcher) keeperFor(kind Kind) *template.Keeper {
	if kind.Language != "python" || l.cfg.Sandbox == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	keeper, ok := l.keepers[kind]
	if !ok {
		if spec, err := l.cfg.Sandbox(kind); err == nil && template.Possible(spec) {
			keeper = template.NewKeeper(func() template.Config { return l.templateConfig(kind) })
		}
		l.keepers[kind] = keeper
	}
	return keeper
}

func (l *Launcher) templateConfig(kind Kind) template.Config {
	spec, _ := l.cfg.Sandbox(kind)
	return template.Config{
		Program: l.cfg.Program, Interpreter: kind.Interpreter, Modules: kind.Modules, Preload: kind.Preload,
		Env: l.cfg.Env, Scratch: l.cfg.Dir, Dir: l.newDir("t-"), Sandbox: spec,
		Start: func(cmd *exec.Cmd) error { return l.family.addHelper(cmd) },
		Wait: func(cmd *exec.Cmd) error {
			awaitEnd(cmd.Process.Pid)
			err := l.family.wait(cmd)
			l.family.sweep() // what it was the parent of, if it was killed
			return err
		},
	}
}

// PIDs lists a process of each worker there is: its end is the worker's.
func (l *Launcher) PIDs() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Concat(l.family.list(), slices.Sorted(maps.Keys(l.forks)))
}

// Templates lists the processes that workers are forked from.
func (l *Launcher) Templates() []int { return l.family.listHelpers() }

// Close ends what serves no worker in particular. All workers must be stopped.
func (l *Launcher) Close() {
	l.mu.Lock()
	keepers := l.keepers
	l.keepers = map[Kind]*template.Keeper{}
	l.mu.Unlock()
	for _, keeper := range keepers {
		if keeper != nil {
			keeper.Close()
		}
	}
}
