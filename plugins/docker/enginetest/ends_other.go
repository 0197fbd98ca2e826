//go:build !linux

package enginetest

import "syscall"

func endsWithUs() *syscall.SysProcAttr { return nil }
