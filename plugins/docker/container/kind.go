package container

import (
	"fmt"
	"strings"
)

// Kind is what makes workers equal: any of one kind can serve a call that wants
// that kind.
type Kind struct {
	Language string
	Ref      string // the image as the user calls it
	Image    string // its id
	Volumes  string // directories that the image wants volumes for, separated by colons; may be empty
	Modules  string // a directory of the image with packages that come with the runtime; may be empty
	Preload  string // modules to import before a function is known, separated by commas
	Packages string // the volume with what the code of a function requires; may be empty
	Code     string // the volume with the code of a function, unpacked; empty: it comes over the stream

	Memory    int64   // bytes
	CPUs      float64 // cores; 0: no limit
	NoNetwork bool
}

// Lasting is what stays of a kind when its image is another.
func (k Kind) Lasting() Kind {
	k.Image, k.Volumes = "", ""
	return k
}

// Speaks is the language.
func (k Kind) Speaks() string { return k.Language }

// Differs says what workers have or lack beyond those of the bare language.
func (k Kind) Differs() string {
	words := "; " + k.Ref
	switch {
	case k.Preload != "":
		words += "; preloads " + strings.ReplaceAll(k.Preload, ",", ", ")
	case k.Modules != "":
		words += "; with packages of the runtime"
	}
	if k.Packages != "" {
		words += "; with packages of a function"
	}
	if k.Code != "" {
		words += "; with the code of a function"
	}
	words += fmt.Sprintf("; %d MiB", k.Memory>>20)
	if k.CPUs > 0 {
		words += ", " + cores(k.CPUs)
	}
	if k.NoNetwork {
		words += "; without network"
	}
	return words
}

func cores(n float64) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%g cores", n)
}

// Replaced says why workers of a kind are not wanted since it was renewed.
func (k Kind) Replaced(Kind) string { return "replaced: " + k.Ref + " is another image now" }
