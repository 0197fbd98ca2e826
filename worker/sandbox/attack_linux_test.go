package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"unsafe"
)

// An attack returns nil when it succeeded.
type attack struct {
	name string
	try  func(target) error
}

// A target is what the attacked sandbox protects.
type target struct {
	Outside string // a directory whose content is hidden, with a file secret
	Visible string // a directory that can be seen, with a file letter
	Parent  int    // a process outside
}

// attacks is what a hostile function would try, with the rights it has.
var attacks = []attack{
	{"read a hidden file", func(t target) error { return opens(filepath.Join(t.Outside, "secret"), os.O_RDONLY) }},
	{"list a hidden directory of the system", func(target) error {
		if entries, err := os.ReadDir(hiddenOfSystem); err != nil || len(entries) > 0 {
			return nil // it is there, or cannot even be listed
		}
		return os.ErrNotExist
	}},
	{"write beside it", func(t target) error { return creates(filepath.Join(t.Outside, "new")) }},
	{"change a visible file", func(t target) error { return opens(filepath.Join(t.Visible, "letter"), os.O_WRONLY) }},
	{"make a file", func(t target) error { return creates(filepath.Join(t.Visible, "new")) }},
	{"change a mode", func(t target) error { return os.Chmod(filepath.Join(t.Visible, "letter"), 0o777) }},
	{"remove a file", func(t target) error { return os.Remove(filepath.Join(t.Visible, "letter")) }},
	{"write to /", func(target) error { return creates("/fn-sandbox-test") }},
	{"write to /etc", func(target) error { return creates("/etc/fn-sandbox-test") }},
	{"set a system's parameter", func(target) error { return opens("/proc/sys/kernel/hostname", os.O_WRONLY) }},
	{"set where cores go", func(target) error { return opens("/proc/sys/kernel/core_pattern", os.O_WRONLY) }},
	{"allow user namespaces", func(target) error { return opens("/proc/sys/user/max_user_namespaces", os.O_WRONLY) }},
	{"press SysRq", func(target) error { return opens("/proc/sysrq-trigger", os.O_WRONLY) }},
	{"write to /sys", func(target) error { return anyOpens("/sys/kernel/mm/transparent_hugepage/enabled", "/sys/power/state") }},
	{"change a control group", func(target) error {
		return anyOpens("/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/*/cgroup.procs", "/sys/fs/cgroup/*/tasks")
	}},
	{"make a control group", func(target) error {
		return first(glob("/sys/fs/cgroup", "/sys/fs/cgroup/memory"), func(dir string) error { return os.Mkdir(dir+"/fn-sandbox-test", 0o700) })
	}},
	{"open a disk", func(target) error { return anyOpens("/dev/[shv]d[a-z]", "/dev/nvme*", "/dev/mapper/*") }},
	{"open memory", func(target) error { return anyOpens("/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/proc/kcore") }},
	{"make a device", func(target) error { return syscall.Mknod("device", syscall.S_IFBLK|0o600, 254<<8) }},
	{"remount /", func(target) error { return syscall.Mount("", "/", "", msRemount|msBind, "") }},
	{"make / writable", func(target) error { return clearReadOnly("/") }},
	{"make a visible directory writable", func(t target) error { return clearReadOnly(t.Visible) }},
	{"make /proc writable", func(target) error { return syscall.Mount("", "/proc", "", msRemount, "") }},
	{"unmount what hides", func(t target) error { return syscall.Unmount(t.Outside, syscall.MNT_DETACH) }},
	{"unmount /proc", func(target) error { return syscall.Unmount("/proc", syscall.MNT_DETACH) }},
	{"unmount /tmp", func(target) error { return syscall.Unmount("/tmp", syscall.MNT_DETACH) }},
	{"mount over", func(t target) error { return syscall.Mount("tmpfs", t.Visible, "tmpfs", 0, "") }},
	{"bind elsewhere", func(target) error { return syscall.Mount("/", "/tmp", "", msBind|msRecursive, "") }},
	{"mount control groups", func(target) error { return syscall.Mount("cgroup2", "/tmp", "cgroup2", 0, "") }},
	{"another root", func(target) error { return syscall.Chroot("/tmp") }},
	{"another host name", func(target) error {
		name, _ := os.Hostname()
		return syscall.Sethostname([]byte(name))
	}},
	{"another user", func(target) error {
		_, _, errno := syscall.RawSyscall(syscall.SYS_SETUID, uintptr(os.Getuid()+1), 0, 0)
		return code(errno)
	}},
	{"its capabilities back", func(target) error {
		return setCapabilities(capSets{{effective: 1 << capSysAdmin, permitted: 1 << capSysAdmin}})
	}},
	{"signal a process outside", func(t target) error { return syscall.Kill(t.Parent, 0) }},
	{"see a process outside", func(t target) error { return opens(fmt.Sprintf("/proc/%d/status", t.Parent), os.O_RDONLY) }},
	{"see more processes than its own", func(target) error {
		if n := len(glob("/proc/[0-9]*")); n > 8 {
			return nil
		}
		return os.ErrNotExist
	}},
	{"trace process 1", func(target) error {
		if os.Getpid() == 1 {
			return os.ErrInvalid
		}
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PTRACE, syscall.PTRACE_ATTACH, 1, 0, 0, 0, 0)
		return code(errno)
	}},
	{"the namespace of a process outside", func(t target) error {
		return opens("/proc/"+strconv.Itoa(t.Parent)+"/ns/mnt", os.O_RDONLY)
	}},
	{"enter its own mount namespace again", func(target) error {
		file, err := os.Open("/proc/self/ns/user")
		if err != nil {
			return err
		}
		defer file.Close()
		_, _, errno := syscall.RawSyscall(sysSetns, file.Fd(), 0, 0)
		return code(errno)
	}},
	{"a file by its handle", openByHandle},
	{"a raw socket", func(target) error {
		fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0)
		syscall.Close(fd)
		return err
	}},
}

// hiddenOfSystem is hidden in the test, and is not in /tmp.
const hiddenOfSystem = "/usr/share"

func opens(path string, flags int) error {
	file, err := os.OpenFile(path, flags, 0)
	if err == nil {
		file.Close()
	}
	return err
}

func creates(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		file.Close()
		os.Remove(path)
	}
	return err
}

func glob(patterns ...string) (all []string) {
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern)
		all = append(all, found...)
	}
	return all
}

func first(paths []string, try func(string) error) error {
	for _, path := range paths {
		if try(path) == nil {
			return nil
		}
	}
	return os.ErrPermission
}

func anyOpens(patterns ...string) error {
	return first(glob(patterns...), func(path string) error { return opens(path, os.O_WRONLY) })
}

func clearReadOnly(path string) error {
	name, _ := syscall.BytePtrFromString(path)
	attr, at := struct{ set, clear, propagation, userns uint64 }{clear: attrReadOnly}, atCwd
	_, _, errno := syscall.Syscall6(sysMountSetattr, uintptr(at), uintptr(unsafe.Pointer(name)),
		0, uintptr(unsafe.Pointer(&attr)), mountAttrVersion, 0)
	return code(errno)
}

// openByHandle opens the root of the file system of /etc by its inode number,
// whatever covers it.
func openByHandle(target) error {
	const number = 2
	handle := struct {
		size uint32
		kind int32
		id   [2]uint32
	}{8, 1, [2]uint32{number, 0}}
	dir, err := os.Open("/etc")
	if err != nil {
		return err
	}
	defer dir.Close()
	fd, _, errno := syscall.Syscall(sysOpenByHandle, dir.Fd(), uintptr(unsafe.Pointer(&handle)), syscall.O_RDONLY)
	if errno == 0 {
		syscall.Close(int(fd))
	}
	return code(errno)
}
