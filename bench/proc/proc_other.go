//go:build !linux

package proc

// Supported tells whether this system's processes can be looked at.
const Supported = false

// Tree is empty here.
func Tree(root int) []Process { return nil }

// PSS is not known here.
func PSS(pid int) int64 { return 0 }
