package hold

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// An identity tells a socket from all others of the namespace, as long as it is
// there.
type identity struct{ kind, ends, inode string }

// A socket is a line of a file in /proc/net.
type socket struct {
	identity
	state string // of a connection; may be empty
}

func (s socket) String() string {
	return strings.Join(slices.DeleteFunc([]string{s.kind, s.ends, s.state}, func(part string) bool { return part == "" }), " ")
}

// A sight is what was seen at one time.
type sight struct {
	sockets     []socket
	connections string // how many sockets of TCP
}

// A layout says which fields of a line make a socket. -1: none does.
type layout struct{ local, remote, state, inode int }

var (
	inet    = layout{1, 2, 3, 9}
	netlink = layout{1, 2, -1, 9} // its protocol and port
	packet  = layout{3, -1, -1, 8}
	unix    = layout{7, -1, -1, 6}
	label   = layout{0, -1, -1, -1}
)

// kinds are the files of /proc/net, in the order of their answer.
var kinds = []struct {
	name   string
	layout layout
}{
	{"tcp", inet}, {"tcp6", inet}, {"udp", inet}, {"udp6", inet}, {"udplite", inet}, {"udplite6", inet},
	{"raw", inet}, {"raw6", inet}, {"icmp", inet}, {"icmp6", inet},
	{"packet", packet}, {"netlink", netlink}, {"unix", unix},
	{"ip6_flowlabel", label}, // leased by a socket, for up to 60 s after its end
}

// parse takes the text of a file. A line that it cannot read is a socket too: a
// name may hold anything, the end of a line among it.
func parse(kind, text string, l layout) (found []socket) {
	for line := range strings.Lines(text[strings.IndexByte(text, '\n')+1:]) {
		fields := strings.Fields(line)
		field := func(i int) string {
			if i < 0 || i >= len(fields) {
				return ""
			}
			return fields[i]
		}
		s := socket{identity: identity{kind: kind, inode: field(l.inode)}}
		switch l {
		case inet:
			s.ends = address(field(l.local))
			if remote := address(field(l.remote)); !strings.HasSuffix(remote, ":0") {
				s.ends += " > " + remote
			}
			if strings.HasPrefix(kind, "tcp") {
				s.state = state(field(l.state))
			}
		case netlink:
			s.ends = field(l.local) + ":" + field(l.remote)
		case label:
			s.ends = field(l.local)
			s.inode = s.ends
		default:
			s.ends = printable(field(l.local))
		}
		found = append(found, s)
	}
	return found
}

// address is one that the kernel writes as 32-bit numbers of this machine's
// order (both of ours are little-endian) and a port.
func address(text string) string {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	number, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil {
		return printable(text)
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	ip, ok := netip.AddrFromSlice(raw)
	if !ok {
		return printable(text)
	}
	return netip.AddrPortFrom(ip, uint16(number)).String()
}

// states are those of tcp, from 1.
var states = strings.Fields("ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV")

func state(text string) string {
	n, err := strconv.ParseUint(text, 16, 8)
	if err != nil || n < 1 || int(n) > len(states) {
		return printable(text)
	}
	return states[n-1]
}

// printable is a name as one word.
func printable(name string) string {
	quoted := strconv.QuoteToASCII(name)
	return quoted[1 : len(quoted)-1]
}
