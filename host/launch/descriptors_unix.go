//go:build unix

package launch

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// keepDescriptors marks every descriptor of this process but 0, 1 and 2 to be
// closed on exec. Go opens its own that way; those that the host inherited from
// whoever started it would pass through to the plugin.
func keepDescriptors() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return // no list: nothing but what Go opened is known
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}
