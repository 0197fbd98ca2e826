package host

import "golang.org/x/sys/unix"

func peerOf(fd int) (uid int, known bool) {
	cred, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return nobody, true
	}
	return int(cred.Uid), true
}
