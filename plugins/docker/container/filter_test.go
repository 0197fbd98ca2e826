package container

import "testing"

// forbidden tells who is filtered, and tries calls that no function needs: of a
// namespace, of the kernel's keys, of its programs, of its algorithms.
const forbidden = `
 import ctypes, errno, socket
 found = [line.split()[1] for pid in ("1", "self") for line in open("/proc/%s/status" % pid) if line.startswith("Seccomp:")]
 libc = ctypes.CDLL(None, use_errno=True)
 for call in (libc.unshare, 0x10000000), (libc.syscall, {"x86_64": 250, "aarch64": 219}[os.uname().machine], 0, -3), (libc.syscall, {"x86_64": 321, "aarch64": 280}[os.uname().machine], 0, 0, 0):
  found.append(errno.errorcode[ctypes.get_errno()] if call[0](*call[1:]) < 0 else "allowed")
 try: socket.socket(38, socket.SOCK_SEQPACKET)
 except OSError as error: found.append(errno.errorcode[error.errno])
 return found
`

func TestSystemCallsThatNoFunctionNeedsAreRefused(t *testing.T) {
	l := newLauncher(t)
	got := call(t, start(t, l, python(t, true)), forbidden)
	if got != `["2", "2", "EPERM", "EPERM", "EPERM", "EPERM"]` {
		t.Error(got)
	}
	l.cfg.Filter = false // the engine's profile, which may be older, and know less
	if got := call(t, start(t, l, python(t, true)), forbidden); got[:len(`["2", "2", "EPERM", "EPERM"`)] != `["2", "2", "EPERM", "EPERM"` {
		t.Error("the engine's:", got)
	}
}
