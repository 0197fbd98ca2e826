//go:build unix

package engine

import "path/filepath"

// otherSockets are tried, in this order, where the default one is not there.
func otherSockets(env func(string) string) []socket {
	var sockets []socket
	if dir := env("XDG_RUNTIME_DIR"); dir != "" {
		sockets = []socket{
			{"unix://" + filepath.Join(dir, "docker.sock"), rootless},
			{"unix://" + filepath.Join(dir, "podman", "podman.sock"), rootlessPodman},
		}
	}
	return append(sockets, socket{podmanHost, podman})
}
