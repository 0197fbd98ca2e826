// Package process keeps hold of every process a program starts, and of those
// that they start: adopt orphans, list, measure, limit and kill descendants.
//
// On Linux it is exact: an orphan is handed to the nearest ancestor that called
// Adopt, so no daemon escapes. Elsewhere a process that leaves its group does,
// and nothing is measured.
//
// A component may use it as well: one that called Adopt finds what a killed
// worker's function left behind among its own Descendants.
package process
