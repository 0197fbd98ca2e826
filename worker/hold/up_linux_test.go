package hold

import (
	"syscall"
	"testing"
	"unsafe"
)

// up brings the loopback interface up.
func up(t *testing.T) {
	t.Helper()
	fd := open(t, syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	defer syscall.Close(fd)
	request := struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP}
	copy(request.name[:], "lo")
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		t.Fatal(errno)
	}
}
