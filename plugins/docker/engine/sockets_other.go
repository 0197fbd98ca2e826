//go:build !unix

package engine

func otherSockets(func(string) string) []socket { return nil }
