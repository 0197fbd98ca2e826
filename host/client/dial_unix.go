//go:build unix

package client

import (
	"context"
	"os"
	"syscall"
)

// dial connects to a unix socket, without package net: its name resolution and
// its dialer are a part of every start that no call needs.
func dial(_ context.Context, socket string) (connection, error) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err == nil {
		if err = syscall.SetNonblock(fd, true); err == nil { // connecting does not wait, either
			err = syscall.Connect(fd, &syscall.SockaddrUnix{Name: socket})
		}
		if err != nil {
			syscall.Close(fd) //nolint:errcheck // nothing was sent
		}
	}
	if err != nil {
		return nil, &os.PathError{Op: "connect", Path: socket, Err: err}
	}
	return os.NewFile(uintptr(fd), socket), nil
}
