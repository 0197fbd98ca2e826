package launch

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/fnhost/fn/worker/process"
	"golang.org/x/sys/unix"
)

// sweepLimit bounds the wait for killed orphans to die.
const sweepLimit = 2 * time.Second

// awaitEnd waits until a child has ended, and leaves it to be reaped.
func awaitEnd(pid int) (known bool) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// sweep kills and reaps every orphan. When the parent of one dies its children
// become orphans too, and the kernel's list may pass one by while another ends:
// so it looks until there was none twice.
func (f *family) sweep() {
	f.sweeps.Lock()
	defer f.sweeps.Unlock()
	deadline := time.Now().Add(sweepLimit)
	for none := 0; none < 2 && time.Now().Before(deadline); {
		orphans := f.orphans()
		if len(orphans) == 0 {
			none++
			continue
		}
		none = 0
		for _, pid := range orphans {
			syscall.Kill(pid, syscall.SIGKILL) // ours and not reaped: no other has its number
		}
		if !slices.ContainsFunc(orphans, reap) {
			time.Sleep(time.Millisecond) // to be killed takes a moment, and nothing tells
		}
	}
}

func reap(orphan int) bool {
	pid, _ := syscall.Wait4(orphan, nil, syscall.WNOHANG, nil)
	return pid == orphan
}

// orphans lists the children that nobody here started. A worker and all that
// comes of it live in sessions of their own; what else this process starts
// stays in its session.
func (f *family) orphans() (pids []int) {
	f.forks.Lock()
	defer f.forks.Unlock()
	self := os.Getpid()
	session, _ := unix.Getsid(0)
	for _, pid := range process.Descendants(self) {
		if parentOf(pid) != self || f.knows(pid) {
			continue
		}
		if sid, err := unix.Getsid(pid); err == nil && sid != session {
			pids = append(pids, pid)
		}
	}
	return pids
}

func parentOf(pid int) int {
	stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	// "pid (command) state parent …", and the command may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}
