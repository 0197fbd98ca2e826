package hold

import (
	"bufio"
	"io"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// inNamespace runs the test's goroutine, and its thread alone, in a network
// namespace of its own. What the test starts from it belongs there.
func inNamespace(t *testing.T) {
	t.Helper()
	runtime.LockOSThread() // for good: the thread ends with the test
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespace: %v", err)
	}
	up(t)
}

// A holder is asked on the test's own thread, one step after the other.
type holder struct {
	t      *testing.T
	before sight
	known  map[identity]bool
}

func hold(t *testing.T) *holder {
	t.Helper()
	h := &holder{t: t, known: map[identity]bool{}}
	h.before = h.look()
	for _, s := range h.before.sockets {
		h.known[s.identity] = true
	}
	return h
}

func (h *holder) look() sight {
	h.t.Helper()
	now, err := look(h.before)
	if err != nil {
		h.t.Fatal(err)
	}
	return now
}

func (h *holder) says(want string) {
	h.t.Helper()
	if got := answer(h.look().sockets, h.known); !strings.HasPrefix(got, want) {
		h.t.Errorf("%q, wanted %q", got, want)
	}
}

func open(t *testing.T, domain, kind, protocol int) int {
	t.Helper()
	fd, err := syscall.Socket(domain, kind|syscall.SOCK_CLOEXEC, protocol)
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

func TestSocketsOfEveryKind(t *testing.T) {
	inNamespace(t)
	loopback := &syscall.SockaddrInet4{Port: 4000, Addr: [4]byte{127, 0, 0, 1}}
	for want, c := range map[string]struct {
		domain, kind, protocol int
		bind                   syscall.Sockaddr
	}{
		"left: tcp 127.0.0.1:4000 LISTEN\n": {syscall.AF_INET, syscall.SOCK_STREAM, 0, loopback},
		"left: tcp6 [::1]:4000 LISTEN\n":    {syscall.AF_INET6, syscall.SOCK_STREAM, 0, &syscall.SockaddrInet6{Port: 4000, Addr: [16]byte{15: 1}}},
		"left: udp 127.0.0.1:4000\n":        {syscall.AF_INET, syscall.SOCK_DGRAM, 0, loopback},
		"left: udplite 127.0.0.1:4000\n":    {syscall.AF_INET, syscall.SOCK_DGRAM, 136, loopback},
		"left: raw 0.0.0.0:17\n":            {syscall.AF_INET, syscall.SOCK_RAW, 17, nil},
		"left: packet 0003\n":               {syscall.AF_PACKET, syscall.SOCK_RAW, 0x0300, nil},
		"left: netlink 0:":                  {syscall.AF_NETLINK, syscall.SOCK_RAW, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}},
		"left: unix @name\n":                {syscall.AF_UNIX, syscall.SOCK_DGRAM, 0, &syscall.SockaddrUnix{Name: "@name"}},
		`left: unix @a\x01`:                 {syscall.AF_UNIX, syscall.SOCK_DGRAM, 0, &syscall.SockaddrUnix{Name: "@a\x01\nb"}},
	} {
		h := hold(t)
		fd := open(t, c.domain, c.kind, c.protocol)
		if c.bind != nil {
			if err := syscall.Bind(fd, c.bind); err != nil {
				t.Fatal(want, err)
			}
		}
		if strings.HasPrefix(want, "left: tcp") {
			if err := syscall.Listen(fd, 1); err != nil {
				t.Fatal(err)
			}
		}
		h.says(want)
		hold(t).says("clean\n") // where it was there before
		syscall.Close(fd)
		h.says("clean\n")
	}
}

// TestConnectionThatOutlivesItsProcess is one in TIME_WAIT.
func TestConnectionThatOutlivesItsProcess(t *testing.T) {
	inNamespace(t)
	h := hold(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := open(t, syscall.AF_INET, syscall.SOCK_STREAM, 0)
	port := l.Addr().(*net.TCPAddr).Port
	if err := syscall.Connect(client, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	h.says("left: tcp 127.0.0.1:")
	syscall.Close(client)
	io.Copy(io.Discard, server)
	server.Close()
	left := answer(h.look().sockets, h.known)
	if !strings.HasSuffix(left, " TIME_WAIT\n") {
		t.Errorf("%q", left)
	}
}

// TestFlowLabelThatOutlivesItsSocket is leased for 30 s.
func TestFlowLabelThatOutlivesItsSocket(t *testing.T) {
	const manage, get, create, exclusive, label = 32, 0, 1, 1, "\x00\x01\x23\x45"
	inNamespace(t)
	h := hold(t)
	fd := open(t, syscall.AF_INET6, syscall.SOCK_DGRAM, 0)
	request := string(make([]byte, 15)) + "\x01" + label + string([]byte{get, exclusive, create, 0, 30, 0, 30, 0, 0, 0, 0, 0})
	if err := syscall.SetsockoptString(fd, syscall.IPPROTO_IPV6, manage, request); err != nil {
		t.Fatal(err)
	}
	syscall.Close(fd)
	h.says("left: ip6_flowlabel 12345\n")
	hold(t).says("clean\n")
}

// TestDatagramsThatWereSent leave no socket, but may be answered late.
func TestDatagramsThatWereSent(t *testing.T) {
	inNamespace(t)
	before, err := sent()
	if err != nil {
		t.Fatal(err)
	}
	for domain, to := range map[int]syscall.Sockaddr{
		syscall.AF_INET:  &syscall.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}},
		syscall.AF_INET6: &syscall.SockaddrInet6{Port: 9, Addr: [16]byte{15: 1}},
	} {
		fd := open(t, domain, syscall.SOCK_DGRAM, 0)
		if err := syscall.Sendto(fd, []byte("x"), 0, to); err != nil {
			t.Error(err)
		}
		syscall.Close(fd)
		now, err := sent()
		if err != nil || now <= before {
			t.Errorf("%d packets, then %d, %v", before, now, err)
		}
		before = now
	}
}

func TestManyAreCounted(t *testing.T) {
	inNamespace(t)
	h := hold(t)
	for range named + 3 {
		defer syscall.Close(open(t, syscall.AF_UNIX, syscall.SOCK_DGRAM, 0))
	}
	h.says("left: unix, unix, unix, unix, unix and 3 more\n")
}

func TestConversation(t *testing.T) {
	in, questions := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(in, out); out.Close() }()
	lines := bufio.NewReader(answers)
	says := func(want string) {
		t.Helper()
		if got, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(got, want) {
			t.Fatalf("%q, %v, wanted %q", got, err, want)
		}
	}
	says("ready\n")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	io.WriteString(questions, "check\n")
	says("left: ")
	io.WriteString(questions, "check\n")
	says("left: ")
	questions.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAnythingElseEndsIt(t *testing.T) {
	for _, text := range []string{"help\n", "chec", strings.Repeat("x", 100) + "\n"} {
		if err := Serve(strings.NewReader(text), io.Discard); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
