//go:build !linux

package local

// machineMemory is not known here: there is no limit unless the settings say.
func machineMemory() int64 { return 0 }
