//go:build linux

package faults

import "fmt"

// After these the engine has most to clear away.
var (
	forkBomb = hostile{name: "forks without end", source: `import os
def handler(event, context):
    while True:
        try: os.fork()
        except OSError: pass
`, settings: `timeout = "1s"`, code: 124, says: "longer than 1s"}
	fullTmp = hostile{name: "fills its tmp and not its memory", source: filler("/tmp/full"), settings: "memory = \"1GiB\"\n" + patient, code: 1, says: "No space left on device"}
)

// What no container lets happen.
var hostileContained = []hostile{
	forkBomb, fullTmp,
	{name: "eats memory in many children", source: `import os, time
def handler(event, context):
    open("/proc/self/oom_score_adj", "w").write("0")
    while True:
        if os.fork() == 0:
            kept = b"x" * (2 << 20)
            time.sleep(1000)
`, settings: confined, code: 7, says: tooMuch},
	{name: "eats memory that is a file", source: `import os
def handler(event, context):
    file = os.memfd_create("kept")
    while True: os.write(file, bytes(1 << 20))
`, settings: confined, code: 7, says: tooMuch},
	{name: "fills its tmp", source: filler("/tmp/full"), settings: confined, code: 7, says: tooMuch},
	{name: "fills its shared memory", source: filler("/dev/shm/full"), settings: patient, code: 1, says: "No space left on device"},
	{name: "writes to what is not its own", source: `import os
def handler(event, context):
    written = []
    for place in ["/", "/etc", "/usr/bin", "/var/tmp", "/sys", "/sys/fs/cgroup", "/proc/sys/kernel", "/.fn"]:
        try:
            open(os.path.join(place, "new"), "w").close()
            written.append(place)
        except OSError: pass
    for place in ["/etc/hosts", "/etc/resolv.conf", "/.fn/fn-worker", "/proc/sys/kernel/core_pattern", "/proc/1/oom_score_adj"]:
        try:
            open(place, "r+b").close()
            written.append(place)
        except OSError: pass
    return written
`, answers: `[]`},
	{name: "attacks process 1", source: `import ctypes, os
libc = ctypes.CDLL(None)
def handler(event, context):
    for signal in range(1, 65):
        try: os.kill(1, signal)
        except OSError: pass
    won = []
    for name in ["mem", "environ", "maps", "fd", "root", "cwd", "ns/net", "fd/0", "fd/1", "fd/2"]:
        try:
            file = "/proc/1/" + name
            os.listdir(file) if name in ("fd", "root", "cwd") else open(file, "rb").close()
            won.append(name)
        except OSError: pass
    for attach in 16, 0x4206:
        if libc.ptrace(attach, 1, 0, 0) == 0: won.append("ptrace")
    return won
`, answers: `[]`},
	{name: "asks for more rights", source: `import ctypes, os, socket
libc = ctypes.CDLL(None)
def handler(event, context):
    def raw(): socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    def packet(): socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    def root(): os.setuid(0)
    def device(): os.mknod("/tmp/disk", 0o060600, os.makedev(8, 0))
    def priority(): os.nice(-1)
    won = []
    for attempt in raw, packet, root, device, priority:
        try:
            attempt()
            won.append(attempt.__name__)
        except OSError: pass
    for namespace in 0x10000000, 0x20000, 0x40000000, 0x20000000:
        if libc.unshare(namespace) == 0: won.append("unshare %x" % namespace)
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"") == 0: won.append("mount")
    if libc.mount(b"none", b"/", b"", 32, b"") == 0: won.append("remount")
    if libc.umount2(b"/.fn", 2) == 0: won.append("umount")
    return won
`, answers: `[]`},
}

// filler is a function that writes to a file until it cannot.
func filler(file string) string {
	return fmt.Sprintf("def handler(event, context):\n    with open(%q, 'wb') as file:\n        while True: file.write(bytes(1 << 20))\n", file)
}
