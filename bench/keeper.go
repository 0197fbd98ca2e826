package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// keeper is what fn is compared with: it keeps a container for each function and
// uses it again. A call of a function that has none starts one. One that nobody
// called for a while goes, and where there is no room for another the one that was
// called longest ago. It does no more than that: no database, no logs, no limits.
type keeper struct {
	start  func() *exec.Cmd // a container that answers each line with a line
	alive  time.Duration    // without a call
	room   int              // containers at a time; 0: no bound
	client string           // the program of F

	listener net.Listener
	ended    sync.WaitGroup // connections and containers
	mu       sync.Mutex
	kept     map[string]*keptContainer
	starts   int
}

func (l *lab) newKeeper(start func() *exec.Cmd, alive time.Duration, room int) (*keeper, error) {
	dir, err := os.MkdirTemp(l.dir, "k")
	if err != nil {
		return nil, err
	}
	k := &keeper{start: start, alive: alive, room: room, client: l.refs.client, kept: map[string]*keptContainer{}}
	if k.listener, err = net.Listen("unix", filepath.Join(dir, "s")); err != nil {
		return nil, err
	}
	k.ended.Go(k.serve)
	return k, nil
}

// run is the command that calls a function: the client of F, which can do no less.
func (k *keeper) run(function, want string) *command {
	return &command{name: function, argv: []string{k.client, k.listener.Addr().String(), function}, want: want + "\n"}
}

func (k *keeper) serve() {
	for {
		conn, err := k.listener.Accept()
		if err != nil {
			return
		}
		k.ended.Go(func() {
			defer conn.Close()
			function, err := bufio.NewReader(conn).ReadString('\n')
			if err != nil {
				return
			}
			answer, err := k.call(strings.TrimSpace(function))
			if err != nil {
				answer = err.Error() + "\n"
			}
			io.WriteString(conn, answer) //nolint:errcheck // its caller says what it missed
		})
	}
}

func (k *keeper) call(function string) (string, error) {
	c, err := k.take(function)
	if err != nil {
		return "", err
	}
	defer k.giveBack(function, c)
	return c.call()
}

// take finds the container of a function, or starts it.
func (k *keeper) take(function string) (*keptContainer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.kept[function]
	if c == nil {
		k.makeRoom()
		var err error
		if c, err = startKept(k.start(), &k.ended); err != nil {
			return nil, err
		}
		k.kept[function] = c
		k.starts++
	}
	c.calls++
	return c, nil
}

// started is how many containers were.
func (k *keeper) started() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.starts
}

// makeRoom removes the container that was called longest ago. It does not wait
// until that is gone, and where all are busy there is one too many.
func (k *keeper) makeRoom() {
	oldest := ""
	for function, c := range k.kept {
		if c.calls == 0 && (oldest == "" || c.used.Before(k.kept[oldest].used)) {
			oldest = function
		}
	}
	if k.room > 0 && len(k.kept) >= k.room && oldest != "" {
		k.remove(oldest)
	}
}

func (k *keeper) giveBack(function string, c *keptContainer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.calls--
	c.used = time.Now()
	time.AfterFunc(k.alive, func() { k.expire(function, c) })
}

// expire removes a container that was not called since.
func (k *keeper) expire(function string, c *keptContainer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept[function] == c && c.calls == 0 && time.Since(c.used) >= k.alive {
		k.remove(function)
	}
}

// drop removes the container of a function and waits until it is gone.
func (k *keeper) drop(function string) {
	k.mu.Lock()
	c := k.kept[function]
	if c != nil {
		k.remove(function)
	}
	k.mu.Unlock()
	if c != nil {
		<-c.gone
	}
}

// remove does not wait until it is gone.
func (k *keeper) remove(function string) {
	k.kept[function].in.Close()
	delete(k.kept, function)
}

// close ends all containers.
func (k *keeper) close() {
	k.listener.Close()
	k.mu.Lock()
	for function := range k.kept {
		k.remove(function)
	}
	k.mu.Unlock()
	k.ended.Wait()
}

// keptContainer serves one call at a time. Its end follows that of its input.
type keptContainer struct {
	turn sync.Mutex
	in   io.WriteCloser
	out  *bufio.Reader
	gone chan struct{} // closed when it is

	calls int // that have it or wait for it
	used  time.Time
}

func startKept(cmd *exec.Cmd, ended *sync.WaitGroup) (*keptContainer, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &keptContainer{in: in, out: bufio.NewReader(out), gone: make(chan struct{})}
	ended.Go(func() {
		cmd.Wait() //nolint:errcheck // a call that fails says so
		close(c.gone)
	})
	return c, nil
}

func (c *keptContainer) call() (string, error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	if _, err := io.WriteString(c.in, "{}\n"); err != nil {
		return "", err
	}
	return c.out.ReadString('\n')
}
