// Package presence lets processes that share a directory tell which of them are
// still there, so that what a dead one has left behind is found.
package presence
