package process

import (
	"bytes"
	"os"
	"strconv"
)

// Resident returns the memory, in bytes, that the processes hold: what several
// share counts in equal parts with each. Of one whose share the kernel does not
// tell, what belongs to it alone is counted.
func Resident(pids []int) (sum int64) {
	for _, pid := range pids {
		if share, ok := proportional(pid); ok {
			sum += share
		} else {
			sum += Anonymous([]int{pid})
		}
	}
	return sum
}

func proportional(pid int) (held int64, ok bool) {
	rollup, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	if err != nil {
		return 0, false
	}
	_, after, found := bytes.Cut(rollup, []byte("\nPss:"))
	if !found {
		return 0, false
	}
	fields := bytes.Fields(after[:min(len(after), 64)]) // "1234 kB …"
	if len(fields) == 0 {
		return 0, false
	}
	kilobytes, err := strconv.ParseInt(string(fields[0]), 10, 64)
	return kilobytes << 10, err == nil
}
