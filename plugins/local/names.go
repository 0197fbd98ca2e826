package local

import (
	"slices"
	"strings"

	"github.com/fnhost/fn/plugins/local/launch"
)

// mostNames bounds how many runtimes of one kind of worker are told by name.
const mostNames = 4

// names are runtimes whose calls one kind of worker serves, the last used last.
type names struct {
	list []string
	more bool // others were left out
}

// with returns the names with one more, and without the one used longest ago
// where there are too many. It changes nothing that was returned before.
func (n names) with(name string) names {
	if len(n.list) > 0 && n.list[len(n.list)-1] == name || name == "" {
		return n
	}
	list := slices.DeleteFunc(slices.Clone(n.list), func(known string) bool { return known == name })
	list = append(list, name)
	if len(list) > mostNames {
		return names{list[1:], true}
	}
	return names{list, n.more}
}

func (n names) String() string {
	list := slices.Sorted(slices.Values(n.list))
	if n.more {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

// runtime is what the workers of a key are called: the runtime of the function
// that they have loaded, else those of all the calls that they are for.
func (w *workers) runtime(key key) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f, ok := w.loaded[key.function]; ok && f.key == key {
		return f.f.Runtime.Name
	}
	if n := w.names[lasting(key.Kind)]; len(n.list) > 0 {
		return n.String()
	}
	return key.Language
}

// differs says what workers have or lack beyond those of the bare language.
func differs(kind launch.Kind) (words string) {
	switch {
	case kind.Preload != "":
		words += "; preloads " + strings.ReplaceAll(kind.Preload, ",", ", ")
	case kind.Modules != "":
		words += "; with packages of the runtime"
	}
	if kind.NoNetwork {
		words += "; without network"
	}
	return words
}

// replaced says why workers of a kind that was current are not wanted any more.
func (w *workers) replaced(kind launch.Kind) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.current[lasting(kind)].Interpreter == kind.Interpreter {
		return "replaced: the packages that it sees are gone"
	}
	return "replaced by another interpreter than " + kind.Interpreter
}
