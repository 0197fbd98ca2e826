//go:build linux

package faults

import (
	"strings"
	"testing"
	"time"
)

// What a function leaves running ends with its call, wherever it fled.
func TestDaemonisedChildren(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.have("sh", "exec", `#!/bin/sh
(setsid sh -c 'trap "" TERM HUP INT; sleep 2001 & sleep 2002; sleep 2003' >/dev/null 2>&1 </dev/null &)
setsid setsid sleep 2004 >/dev/null 2>&1 </dev/null &
env -i setsid sleep 2005 >/dev/null 2>&1 </dev/null &
printf done
`)
	h.have("py", "python", `import os
def handler(event, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for fd in range(256):
                try: os.close(fd)
                except OSError: pass
            os.execv("/bin/sleep", ["sleep", "2006"])
        os._exit(0)
    return "done"
`)
	for _, function := range []string{"sh", "py"} {
		if got := h.ok("run", function); !strings.Contains(got, "done") {
			t.Errorf("%s answered %q", function, got)
		}
		h.eventually(2*time.Second, "the children of "+function+" are gone", func() (string, bool) {
			left := h.named("sleep")
			return strings.Join(names(left), "\n"), len(left) == 0
		})
	}
}
