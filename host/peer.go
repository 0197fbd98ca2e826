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
