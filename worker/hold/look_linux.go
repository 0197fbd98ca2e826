package hold

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// look returns the sockets of the network namespace of this thread. Those of TCP
// are taken from before where there are as many as there were: to list them the
// kernel walks a table with room for all connections of the machine, which takes
// it 5 ms for each of the two files, and longer than all the rest.
func look(before sight) (now sight, err error) {
	if now.connections, err = connections(); err != nil {
		return now, err
	}
	for _, kind := range kinds {
		if strings.HasPrefix(kind.name, "tcp") && now.connections != "" && now.connections == before.connections {
			for _, s := range before.sockets {
				if s.kind == kind.name {
					now.sockets = append(now.sockets, s)
				}
			}
			continue
		}
		text, err := os.ReadFile("/proc/thread-self/net/" + kind.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a kernel without it
		}
		if err != nil {
			return now, err
		}
		now.sockets = append(now.sockets, parse(kind.name, string(text), kind.layout)...)
	}
	return now, nil
}

// connections says how many sockets of TCP there are in the network namespace of
// this thread, those among them that only the kernel still keeps; empty where it
// does not tell.
func connections() (string, error) {
	told := ""
	for _, name := range []string{"sockstat", "sockstat6"} {
		text, err := os.ReadFile("/proc/thread-self/net/" + name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		told += countsOfTCP(string(text))
	}
	return told, nil
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
