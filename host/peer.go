package host

import (
	"net"
	"os"
)

// ownOnly wraps a listener so that only processes of this user get through.
// The directory is private already; this holds where it is not respected.
func ownOnly(l net.Listener) net.Listener { return &ownListener{l} }

type ownListener struct{ net.Listener }

func (l *ownListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if uid, known := peerUID(conn); !known || uid == os.Getuid() {
			return conn, nil
		}
		conn.Close()
	}
}

// peerUID is the user at the other end of a unix socket; known is false where
// the system cannot tell, and access rests on the directory's permissions.
func peerUID(conn net.Conn) (uid int, known bool) {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return nobody, true
	}
	uid, known = nobody, true
	err = raw.Control(func(fd uintptr) { uid, known = peerOf(int(fd)) })
	if err != nil {
		return nobody, true
	}
	return uid, known
}

// nobody is no user: what cannot be told where it could be is refused.
const nobody = -1
