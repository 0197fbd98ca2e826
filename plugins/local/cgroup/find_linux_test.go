package cgroup

import "testing"

func TestFind(t *testing.T) {
	const systemd = `24 29 0:22 / /sys rw,nosuid - sysfs sysfs rw
35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev shared:9 - cgroup2 cgroup2 rw,nsdelegate
`
	const legacy = `30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 25 0:28 / /sys/fs/cgroup/with\040space rw - cgroup2 cgroup2 rw
`
	const container = `31 25 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
`
	for _, test := range []struct {
		name, mountinfo, membership, controller string
		mount, own                              string
		missing                                 bool
	}{
		{name: "version 2", mountinfo: systemd, membership: "0::/user.slice/a.scope\n",
			mount: "/sys/fs/cgroup", own: "/sys/fs/cgroup/user.slice/a.scope"},
		{name: "version 2 has no memory hierarchy of its own", mountinfo: systemd,
			membership: "0::/user.slice/a.scope\n", controller: "memory", missing: true},
		{name: "version 1 among others", mountinfo: legacy,
			membership: "5:cpu,cpuacct:/x\n4:memory:/y/z\n0::/\n", controller: "memory",
			mount: "/sys/fs/cgroup/memory", own: "/sys/fs/cgroup/memory/y/z"},
		{name: "a colon in the path", mountinfo: legacy, membership: "4:memory:/a:b\n", controller: "memory",
			mount: "/sys/fs/cgroup/memory", own: "/sys/fs/cgroup/memory/a:b"},
		{name: "a space in the mount point", mountinfo: legacy, membership: "0::/\n",
			mount: "/sys/fs/cgroup/with space", own: "/sys/fs/cgroup/with space"},
		{name: "mounted from below", mountinfo: container, membership: "4:memory:/docker/abc/d\n", controller: "memory",
			mount: "/sys/fs/cgroup/memory", own: "/sys/fs/cgroup/memory/d"},
		{name: "outside of what is mounted", mountinfo: container, membership: "4:memory:/other\n", controller: "memory",
			missing: true},
		{name: "nothing", missing: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			at, ok := find(test.mountinfo, test.membership, test.controller)
			if ok == test.missing || at != (place{mount: test.mount, own: test.own}) {
				t.Errorf("find = %+v, %v", at, ok)
			}
		})
	}
}
