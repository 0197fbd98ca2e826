package container

import (
	"strings"
	"testing"
)

// view is what a function sees of its network and of what comes with it.
const view = `
 seen = {"hostname": socket.gethostname(), "uname": " ".join(os.uname())}
 paths = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
 for name in ("route", "fib_trie", "arp", "igmp", "igmp6", "dev_mcast", "mcfilter", "mcfilter6", "if_inet6", "ipv6_route", "ip6_flowlabel",
              "unix", "tcp", "tcp6", "udp", "udp6", "udplite", "raw", "icmp", "packet"):
  paths.append("/proc/net/" + name)
 for root, _, names in os.walk("/proc/sys/net"):
  paths += [root + "/" + name for name in names]
 for path in paths:
  try: seen[path] = open(path).read()
  except OSError as e: seen[path] = str(e.errno)
 for name in ("/proc/net/unix", "/proc/sys/net/netfilter/nf_conntrack_count"): seen.pop(name, None) # they change by themselves
 return sorted(seen.items())
`

// hostile tries to leave what it can without a packet, and leaves a process.
const hostile = `
 import ctypes, fcntl, struct
 libc = ctypes.CDLL(None, use_errno=True)
 done = []
 def attempt(name, what):
  try: what()
  except OSError: return
  done.append(name)
 def call(result):
  if result != 0: raise OSError(ctypes.get_errno(), "")
 def write(path, text):
  with open(path, "w") as f: f.write(text)
 attempt("hostname", lambda: socket.sethostname("mine"))
 attempt("domain", lambda: call(libc.setdomainname(b"mine", 4)))
 for path in ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/proc/sys/net/ipv4/ip_default_ttl", "/proc/sys/net/ipv4/tcp_rmem"):
  attempt(path, lambda: write(path, "1 2 3"))
 s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
 address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton("10.99.0.1"))
 attempt("address", lambda: fcntl.ioctl(s, 0x8916, struct.pack("16s", b"lo") + address))
 attempt("flags", lambda: fcntl.ioctl(s, 0x8914, struct.pack("16sH22x", b"lo", 0)))
 attempt("route", lambda: fcntl.ioctl(s, 0x890B, bytes(8) + address + address + bytes(72)))
 attempt("neighbour", lambda: fcntl.ioctl(s, 0x8955, address + bytes(52)))
 for flag in (0x40000000, 0x10000000, 0x50000000, 0x04000000): attempt(hex(flag), lambda: call(libc.unshare(flag)))
 attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
 attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
 if os.fork() == 0:
  os.setsid()
  keep = [socket.socket(socket.AF_UNIX), socket.create_server(("0.0.0.0", 8080)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
  keep[0].bind("\0left"); keep[0].listen()
  keep[2].bind(("0.0.0.0", 5353))
  keep[2].setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("224.0.0.1") + socket.inet_aton("127.0.0.1"))
  time.sleep(100)
 time.sleep(0.2)
 return done
`

// taken binds what hostile had bound.
const taken = `
 a, b, c = socket.socket(socket.AF_UNIX), socket.create_server(("0.0.0.0", 8080)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
 a.bind("\0left"); c.bind(("0.0.0.0", 5353))
 c.settimeout(0.2)
 try: return str(c.recv(100))
 except TimeoutError: return "nothing"
`

// TestAWorkerFindsNothingOfTheLast compares what functions see before and after
// one that tries to leave something.
func TestAWorkerFindsNothingOfTheLast(t *testing.T) {
	for name, none := range map[string]bool{"bridge": false, "none": true} {
		t.Run(name, func(t *testing.T) {
			l, id := withHolder(t, none)
			on := func(body string) string {
				w := start(t, l, python(t, none))
				if got := held(t, l, w); got != id {
					t.Fatalf("the worker is in the network of %q, not of %s", got, id)
				}
				return call(t, w, body)
			}
			before := on(view)
			if done := on(hostile); done != "[]" {
				t.Errorf("a function can change: %s", done)
			}
			if got := on(taken); got != `"nothing"` {
				t.Errorf("%s", got)
			}
			if after := on(view); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// TestANetworkThatWasUsedServesNobodyElse lets functions do what may reach the next
// worker later: an answer, an error, a connection that the kernel keeps.
func TestANetworkThatWasUsedServesNobodyElse(t *testing.T) {
	const gateway = ` gateway = "127.0.0.1"
 for line in open("/proc/net/route"):
  part = line.split()
  if part[1] == "00000000": gateway = socket.inet_ntoa(bytes.fromhex(part[2])[::-1])
`
	for name, body := range map[string]string{
		"datagram":            gateway + ` socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (gateway, 9))`,
		"refused connection":  gateway + ` return socket.socket().connect_ex((gateway, 9))`,
		"dropped connection":  ` s = socket.socket(); s.setblocking(False); return s.connect_ex(("192.0.2.1", 9))`,
		"name":                " try: socket.gethostbyname('example.invalid')\n except OSError: pass\n",
		"finished connection": " l = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(l.getsockname()); a = l.accept()[0]; c.close(); a.close()",
		"flow label": ` import struct
 s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
 s.setsockopt(41, 32, socket.inet_pton(socket.AF_INET6, "::1") + struct.pack("!I", 0x12345) + struct.pack("BBHHHI", 0, 1, 1, 30, 30, 0))
`,
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			l, id := withHolder(t, false)
			w := start(t, l, python(t, false))
			if got := held(t, l, w); got != id {
				t.Fatalf("the worker is in the network of %q, not of %s", got, id)
			}
			call(t, w, body)
			for _, free := range l.holders.ids() {
				if free == id {
					t.Error("its holder serves others")
				}
			}
		})
	}
}
