package hold

import "testing"

func TestPacketsAreAddedUp(t *testing.T) {
	const four = "Ip: Forwarding OutRequests\nIp: 1 30\nIcmp: InMsgs\nIcmp: 7\n"
	for six, want := range map[string]uint64{"": 30, "Ip6InReceives 9\nIp6OutRequests                  \t12\n": 42} {
		if got, err := requests(four, six); got != want || err != nil {
			t.Errorf("%d, %v, wanted %d", got, err, want)
		}
	}
}

func TestCountersThatAreMissingAreAnError(t *testing.T) {
	for _, four := range []string{"", "Ip: OutRequests\n", "Ip: A OutRequests\nIp: 1\n", "Ip: OutRequests\nIp: x\n"} {
		if got, err := requests(four, ""); err == nil {
			t.Errorf("%q: %d", four, got)
		}
	}
}

func TestOnlyTheNamespacesOwnConnectionsAreCounted(t *testing.T) {
	const text = "sockets: used 93\nTCP: inuse 1 orphan 4 tw 2 alloc 4 mem 0\nUDP: inuse 7 mem 0\n"
	if got := countsOfTCP(text) + countsOfTCP("TCP6: inuse 3\nUDP6: inuse 0\n"); got != "TCP:inuse1 TCP:tw2 TCP6:inuse3 " {
		t.Errorf("%q", got)
	}
}
