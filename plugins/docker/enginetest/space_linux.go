package enginetest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// space is a set of namespaces: mounts, processes and network. Its first
// process does nothing but reap; when it ends, everything in the space does.
type space struct {
	unshare *exec.Cmd
	first   int // process id of the first process, as seen here
}

// reaper is the first process. It says when the space is ready.
const reaper = `set -e
ip link set lo up
mkdir -p /run/containerd
mount -t tmpfs -o mode=711 tmpfs /run/containerd
[ "$2" = 0 ] || mount -t tmpfs -o "size=$2,mode=711" tmpfs "$1"
echo ready
while :; do sleep 3600 & wait $!; done`

// newSpace makes one. With disk bytes above 0, data becomes a disk of that size.
func newSpace(data string, disk int64) (*space, error) {
	s := &space{unshare: exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
		"sh", "-c", reaper, "sh", data, strconv.FormatInt(disk, 10))}
	s.unshare.SysProcAttr = endsWithUs()
	s.unshare.Stderr = os.Stderr
	ready, err := s.unshare.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.unshare.Start(); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(ready, make([]byte, len("ready\n"))); err != nil {
		s.close()
		return nil, errors.New("namespaces cannot be made here")
	}
	if s.first, err = child(s.unshare.Process.Pid); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close ends all that runs in the space, and with it its mounts and network.
func (s *space) close() {
	s.unshare.Process.Kill()
	s.unshare.Wait()
}

// daemon is a process in a space.
type daemon struct {
	nsenter int
	pid     int
	ended   chan struct{}
}

// run starts a program in the space. Its output is added to the file log.
func (s *space) run(log string, program ...string) (*daemon, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command("nsenter", append([]string{"--target", strconv.Itoa(s.first), "--mount", "--net", "--pid", "--"}, program...)...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	d := &daemon{nsenter: cmd.Process.Pid, ended: make(chan struct{})}
	go func() {
		cmd.Wait()
		close(d.ended)
	}()
	for {
		if d.pid, err = child(d.nsenter); err == nil {
			return d, nil
		}
		select {
		case <-d.ended:
			return nil, fmt.Errorf("nsenter ended before %s began", program[0])
		case <-time.After(time.Millisecond):
		}
	}
}

// signal reaches the program and, for it to follow, the nsenter that waits for it.
func (d *daemon) signal(s syscall.Signal) error {
	err := syscall.Kill(d.pid, s)
	if s == syscall.SIGCONT {
		return errors.Join(err, syscall.Kill(d.nsenter, s))
	}
	return err
}

// child is the one child of a process.
func child(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}
