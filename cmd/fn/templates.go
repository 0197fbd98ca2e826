package main

import "embed"

// templates are the functions that init writes, one directory a runtime. What
// the go command would take for a part of this program ends in .tmpl here.
//
//go:embed templates
var templates embed.FS
