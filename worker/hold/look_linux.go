package hold

import (
	"errors"
	"io/fs"
	"os"
)

// sockets returns those of the network namespace of this thread.
func sockets() (found []socket, err error) {
	for _, kind := range kinds {
		text, err := os.ReadFile("/proc/thread-self/net/" + kind.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a kernel without it
		}
		if err != nil {
			return nil, err
		}
		found = append(found, parse(kind.name, string(text), kind.layout)...)
	}
	return found, nil
}

// sent counts the IP packets that left a socket of the network namespace of this
// thread, for whatever interface.
func sent() (uint64, error) {
	four, err := os.ReadFile("/proc/thread-self/net/snmp")
	if err != nil {
		return 0, err
	}
	six, err := os.ReadFile("/proc/thread-self/net/snmp6")
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a kernel without IPv6 has none
		return 0, err
	}
	return requests(string(four), string(six))
}
