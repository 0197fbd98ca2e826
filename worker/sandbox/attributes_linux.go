package sandbox

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// Apply has a process that is started with these attributes begin in the spec's
// namespaces, with the capabilities that Enter needs. Who it is stays the same.
func (s Spec) Apply(attr *syscall.SysProcAttr) {
	for _, kind := range []struct {
		own  bool
		flag uintptr
	}{
		{s.Own.User, syscall.CLONE_NEWUSER},
		{s.Own.Mounts, syscall.CLONE_NEWNS},
		{s.Own.PIDs, syscall.CLONE_NEWPID},
		{s.Own.IPC, syscall.CLONE_NEWIPC},
		{s.Own.Network, syscall.CLONE_NEWNET},
	} {
		if kind.own {
			attr.Cloneflags |= kind.flag
		}
	}
	if !s.Own.User {
		return
	}
	attr.UidMappings, attr.GidMappings = identity("uid", os.Getuid()), identity("gid", os.Getgid())
	if os.Getuid() != 0 {
		attr.AmbientCaps = []uintptr{capSetpcap, capNetAdmin, capSysAdmin, capSysResource}
	}
}

// identity maps every id that this process may map to itself: root all that it
// knows, so that owners of files keep their names; others their own.
func identity(kind string, own int) (all []syscall.SysProcIDMap) {
	if os.Getuid() == 0 {
		known, _ := os.ReadFile("/proc/self/" + kind + "_map")
		all = parseMap(string(known))
	}
	if len(all) == 0 {
		all = []syscall.SysProcIDMap{{ContainerID: own, HostID: own, Size: 1}}
	}
	return all
}

// parseMap reads lines of "inside outside count".
func parseMap(text string) (all []syscall.SysProcIDMap) {
	for line := range strings.Lines(text) {
		var inside, outside, count int
		if _, err := fmt.Sscan(line, &inside, &outside, &count); err != nil {
			return nil
		}
		all = append(all, syscall.SysProcIDMap{ContainerID: inside, HostID: inside, Size: count})
	}
	return all
}
