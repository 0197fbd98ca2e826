package sdktest

import (
	"os"
	"path/filepath"
	"strings"
)

// processWith tells whether some process of this machine sleeps for mark. In
// containers too: their processes are in /proc.
func processWith(mark string) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		line, _ := os.ReadFile(file) // of one that just ended: nothing
		if strings.Contains(string(line), "sleep\x00"+mark) {
			return true
		}
	}
	return false
}
