package host

import (
	"errors"
	"net"
	"os"

	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/sdk/fault"
)

// Listen replaces the socket of a host that was killed: that there is no other
// is for the caller to know, by the lock or by the socket's name. The socket is
// in the runtime directory.
func Listen(d dirs.Dirs, socket string) (l net.Listener, err error) {
	err = alone(d.Runtime, func() error {
		if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fault.New(fault.PermissionDenied, "remove an old socket: %w", err)
		}
		if l, err = net.Listen("unix", socket); err != nil {
			return fault.New(fault.Internal, "listen: %w", err)
		}
		return os.Chmod(socket, 0o600)
	})
	if err != nil && l != nil {
		l.Close()
	}
	return l, err
}
