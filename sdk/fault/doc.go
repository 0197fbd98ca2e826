// Package fault holds the errors of fn: a kind that survives every boundary
// (plugin, host, command line), the sentence for people and the hint that mends.
//
// It imports nothing but the standard library, so that the thin command line
// can use it without linking a plugin host.
package fault
