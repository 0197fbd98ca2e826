package main

import "embed"

// templates are the functions that init writes, one directory a runtime.
//
//go:embed templates
var templates embed.FS
