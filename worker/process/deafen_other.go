//go:build unix && !linux

package process

import "os"

// Deafen does nothing: this system has no process 1 of a namespace.
func Deafen(...os.Signal) {}
