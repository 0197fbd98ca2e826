package template

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Kill kills all of it, unless it has ended by itself, and returns when that is
// done, or after limit.
func (f *Fork) Kill(limit time.Duration) {
	if f.goneWithin(0) || f.hasEnded() && f.goneWithin(leave) {
		return
	}
	if err := f.of.send(request{Kill: f.id}); err == nil && f.goneWithin(min(limit, leaveToTemplate)) {
		return
	}
	f.killHere(limit)
}

// leaveToTemplate is how long a template may take to kill a fork and reap it.
const leaveToTemplate = 500 * time.Millisecond

// killHere is Kill without the template, which does not answer.
func (f *Fork) killHere(limit time.Duration) {
	for deadline := time.Now().Add(limit); !f.goneWithin(time.Millisecond); {
		state, parent := stat(f.pid)
		switch {
		case state == 0 || state == 'Z': // a dead process 1 has left nobody behind
			f.of.abandon(f)
			f.lost()
		case time.Now().After(deadline):
			return
		case parent == f.of.PID(): // not reaped: no other has its number
			syscall.Kill(f.pid, syscall.SIGKILL)
		}
	}
}

// leave is how long process 1 may take to end after the function's.
const leave = 20 * time.Millisecond

func (f *Fork) hasEnded() bool {
	select {
	case <-f.ended:
		return true
	default:
		return false
	}
}

func (f *Fork) goneWithin(limit time.Duration) bool {
	select {
	case <-f.gone:
		return true
	default:
	}
	if limit == 0 {
		return false
	}
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-f.gone:
		return true
	case <-late.C:
		return false
	}
}

// stat returns a process's state and parent; none when it has been reaped.
func stat(pid int) (state byte, parent int) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0
	}
	// "pid (command) state parent …", and the command may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(string(fields[1]))
	return fields[0][0], parent
}
