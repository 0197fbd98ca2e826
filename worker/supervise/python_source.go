package supervise

import _ "embed"

//go:embed bootstrap.py
var bootstrapPython []byte

// BootstrapPython is the source of the module that a python worker is made of.
func BootstrapPython() []byte { return bootstrapPython }
