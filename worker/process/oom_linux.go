package process

import (
	"os"
	"strconv"
	"strings"
)

// The files of a container's own control group that count what the kernel
// killed for want of memory, of the second version and the first.
var killCounts = []string{"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}

// MemoryKills counts the processes of this process's container that the kernel
// killed because its memory was used up.
func MemoryKills() int64 {
	for _, file := range killCounts {
		counts, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(counts)) {
			if count, ok := strings.CutPrefix(line, "oom_kill "); ok {
				n, _ := strconv.ParseInt(strings.TrimSpace(count), 10, 64)
				return n
			}
		}
	}
	return 0
}

func expose(pid int) error {
	return os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("1000"), 0)
}
