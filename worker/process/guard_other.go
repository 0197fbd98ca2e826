//go:build !linux

package process

// Adopt does nothing: this system has no way to become the parent of orphans.
func Adopt() error { return nil }

// Conceal does nothing on this system.
func Conceal() error { return nil }

// KeepDescriptors does nothing on this system: descriptors that Go opened are
// kept from other programs anyway.
func KeepDescriptors() error { return nil }

// renounce does nothing: this system has no such promise.
func renounce() error { return nil }
