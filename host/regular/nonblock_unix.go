//go:build unix

package regular

import "syscall"

// nonblock opens a pipe without waiting for its writer, and makes no terminal
// this process's own.
const nonblock = syscall.O_NONBLOCK | syscall.O_NOCTTY
