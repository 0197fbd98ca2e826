//go:build !linux

package process

// Descendants returns nothing on this system: only groups are known.
func Descendants(root int) []int { return nil }
