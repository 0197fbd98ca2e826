package supervise

import (
	"os"
	"syscall"
	"unsafe"
)

// hungUp reports whether the other end of file is closed, without reading.
func hungUp(file *os.File) bool {
	const pollHUP = 0x10
	descriptor := struct {
		fd              int32
		events, revents int16
	}{fd: int32(file.Fd())}
	var now syscall.Timespec
	n, _, _ := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&descriptor)), 1,
		uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	return n == 1 && descriptor.revents&pollHUP != 0
}
