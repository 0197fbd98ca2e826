package host

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerUID is the user at the other end of a unix socket.
func peerUID(conn net.Conn) (uid int, known bool) {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return -1, true
	}
	uid = -1 // nobody, unless the kernel tells
	raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			uid = int(cred.Uid)
		}
	})
	return uid, true
}
