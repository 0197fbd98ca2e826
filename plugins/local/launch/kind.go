package launch

import "strings"

// Kind is what makes workers equal: any of one kind can serve a call that wants
// that kind.
type Kind struct {
	Language    string
	Interpreter string // its absolute path; none for exec
	Modules     string // a directory of installed packages that come with the runtime; may be empty
	Preload     string // modules to import before a function is known, separated by commas
	NoNetwork   bool   // a network of its own, with nothing in it

	// Packages numbers the directory in which the packages of functions are. A
	// waiting worker sees the one that was there when it was started.
	Packages uint64
}

// Lasting is what stays of a kind when interpreter and packages are others.
func (k Kind) Lasting() Kind {
	k.Interpreter, k.Packages = "", 0
	return k
}

// Speaks is the language.
func (k Kind) Speaks() string { return k.Language }

// Differs says what workers have or lack beyond those of the bare language.
func (k Kind) Differs() (words string) {
	switch {
	case k.Preload != "":
		words += "; preloads " + strings.ReplaceAll(k.Preload, ",", ", ")
	case k.Modules != "":
		words += "; with packages of the runtime"
	}
	if k.NoNetwork {
		words += "; without network"
	}
	return words
}

// Replaced says why workers of a kind are not wanted since it was renewed.
func (k Kind) Replaced(by Kind) string {
	if by.Interpreter == k.Interpreter {
		return "replaced: the packages that it sees are gone"
	}
	return "replaced by another interpreter than " + k.Interpreter
}
