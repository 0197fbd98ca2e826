package oneshot

import (
	"slices"
	"strings"
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
func (w *workers[K]) runtime(key key[K]) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f, ok := w.loaded[key.function]; ok && f.key == key {
		return f.f.Runtime.Name
	}
	if n := w.names[key.kind.Lasting()]; len(n.list) > 0 {
		return n.String()
	}
	return key.kind.Speaks()
}

// replaced says why workers of a kind that was current are not wanted any more.
func (w *workers[K]) replaced(kind K) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	current, ok := w.current[kind.Lasting()]
	if !ok {
		return "no function needs it any more"
	}
	return kind.Replaced(current)
}
