package supervise

import (
	"os"
	"syscall"
	"unsafe"
)

// hungUp reports whether the other end of file is closed, without reading.
func hungUp(file *os.File) (closed bool) {
	const pollHUP = 0x10
	raw, err := file.SyscallConn()
	if err != nil {
		return false
	}
	raw.Control(func(fd uintptr) {
		descriptor := struct {
			fd              int32
			events, revents int16
		}{fd: int32(fd)}
		var now syscall.Timespec
		n, _, _ := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&descriptor)), 1,
			uintptr(unsafe.Pointer(&now)), 0, 0, 0)
		closed = n == 1 && descriptor.revents&pollHUP != 0
	})
	return closed
}
