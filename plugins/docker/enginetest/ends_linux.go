package enginetest

import "syscall"

// endsWithUs makes a process end when this one does, however that happens.
func endsWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
