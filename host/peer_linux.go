package host

import "golang.org/x/sys/unix"

func peerOf(fd int) (uid int, known bool) {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return nobody, true
	}
	return int(cred.Uid), true
}
