package client

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// Limits bound the wait for others that do not say anything. A host that
// answers may take as long as its calls take.
type Limits struct {
	Answer  time.Duration // for the beginning of an answer, which a host gives at once; 0: 10 s
	Silence time.Duration // for a lock while no host answers; 0: 1 min
}

func (l Limits) orDefault() Limits {
	if l.Answer == 0 {
		l.Answer = 10 * time.Second
	}
	if l.Silence == 0 {
		l.Silence = time.Minute
	}
	return l
}

// unanswered is the error of a host that took a connection and says nothing.
func unanswered(pid int) *fault.Error {
	return endIt(fault.New(fault.Broken, "the host%s does not answer", named(pid)).In("host", "request"), pid)
}

// lockHeld is the error of a host that lives and cannot be reached.
func (c *Client) lockHeld(kind fault.Kind, operation string) *fault.Error {
	path := c.o.Dirs.LockFile()
	pid := holder(path)
	return endIt(fault.New(kind, "the host%s holds %s but does not answer", named(pid), path).In("host", operation), pid)
}

// startHeld is the error of another command that starts or ends a host, and
// does not come to an end.
func (c *Client) startHeld(operation string) *fault.Error {
	path := c.startLock()
	pid := holder(path)
	return endIt(fault.New(fault.Unavailable, "another command%s holds %s, and no host answers", named(pid), path).In("host", operation), pid)
}

// endIt adds how to end the process. A stopped one heeds nothing less.
func endIt(e *fault.Error, pid int) *fault.Error {
	switch {
	case pid == 0:
		return e.WithHint("fn host logs")
	case runtime.GOOS == "windows":
		return e.WithHint("taskkill /F /PID %d", pid)
	default:
		return e.WithHint("kill -9 %d", pid)
	}
}

func named(pid int) string {
	if pid == 0 {
		return ""
	}
	return " (pid " + strconv.Itoa(pid) + ")"
}

// holder is the process that wrote its id into a lock file; 0: it says none.
func holder(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid < 1 {
		return 0
	}
	return pid
}

// waiting is one wait for others.
type waiting struct {
	c     *Client
	begun time.Time
	heard time.Time // the last answer of a host
	noted bool
}

func (c *Client) wait() *waiting {
	c.o.Waits()
	now := time.Now()
	return &waiting{c: c, begun: now, heard: now}
}

func (w *waiting) answered() { w.heard = time.Now() }

// silent tells whether no host has answered for too long.
func (w *waiting) silent() bool { return time.Since(w.heard) >= w.c.o.Limits.Silence }

// note says why we wait, once, and not before it takes noticeably long.
func (w *waiting) note(text string) {
	if !w.noted && time.Since(w.begun) >= noteAfter {
		w.noted = true
		w.c.o.Note(text)
	}
}
