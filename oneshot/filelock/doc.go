// Package filelock locks open files against other processes. The end of a process
// ends its locks, however it ends.
package filelock
