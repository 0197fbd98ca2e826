package process

import "syscall"

// attributes gives a child its own session, so that it has no terminal to write
// to or read from, and ends it with its parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}
