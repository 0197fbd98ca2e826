//go:build !unix

package local

import "syscall"

func asUser(uint32) *syscall.SysProcAttr { return nil }
