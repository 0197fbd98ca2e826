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
	if err := f.of.send(request{Kill: f.id}); err == nil && f.goneWithin(limit) {
		return
	}
	f.killHere(limit)
}

// killHere is Kill without the template, which does not answer: so it has not
// reaped either, and the number is still that of this process 1. Once that is
// dead, so is all of the worker.
func (f *Fork) killHere(limit time.Duration) {
	syscall.Kill(f.pid, syscall.SIGKILL)
	for deadline := time.Now().Add(limit); !dead(f.pid) && !f.goneWithin(0); {
		if time.Now().After(deadline) {
			return
		}
		time.Sleep(time.Millisecond) // nothing tells
	}
	f.of.abandon(f)
	f.lost()
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

// dead tells whether a process has ended, reaped or not.
func dead(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	// "pid (command) state parent …", and the command may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	return len(fields) > 0 && (fields[0][0] == 'Z' || fields[0][0] == 'X')
}
