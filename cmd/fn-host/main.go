// Fn-host is the background process of fn. The command line starts it; nobody
// needs to do so by hand.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/fnhost/fn/host"
	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
)

func main() { os.Exit(run(os.Args[1:])) }

// options are what the command line asks of the host it starts.
type options struct {
	readyFD  int
	private  bool
	socket   string
	manifest string
}

func run(args []string) int {
	o, err := parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fn-host:", err)
		return fault.Invalid.ExitCode()
	}
	var ready io.WriteCloser = os.Stderr
	if o.readyFD > 0 {
		ready = os.NewFile(uintptr(o.readyFD), "ready")
	}
	if err := serve(o, ready); err != nil {
		json.NewEncoder(ready).Encode(fault.From(err))
		return fault.KindOf(err).ExitCode()
	}
	return 0
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("fn-host serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&o.readyFD, "ready-fd", 0, "descriptor to write \"ready\" to")
	flags.BoolVar(&o.private, "private", false, "serve one command; end with standard input")
	flags.StringVar(&o.socket, "socket", "", "listen here")
	flags.StringVar(&o.manifest, "manifest", "", "the manifest to use")
	if len(args) == 0 || args[0] != "serve" {
		return o, errors.New("this program is started by fn; see fn host --help")
	}
	return o, flags.Parse(args[1:])
}

// serve runs until the host ends. What it returns before saying "ready" is for
// the one who started it.
func serve(o options, ready io.WriteCloser) error {
	d, err := dirs.Find(os.Getenv)
	if err != nil {
		return err
	}
	if err := d.Prepare(); err != nil {
		return err
	}
	if !o.private {
		lock, err := hold(d)
		if err != nil {
			return err
		}
		defer lock.Unlock()
	}
	log, err := host.OpenLog(d.HostLog())
	if err != nil {
		return fault.New(fault.PermissionDenied, "open the host's log: %w", err)
	}
	ho, err := hostOptions(o, d, log)
	if err != nil {
		return err
	}
	h, err := host.Open(ho)
	if err != nil {
		return err
	}
	defer h.Close()
	socket := o.socket
	if socket == "" {
		socket = d.Socket()
	}
	l, err := host.Listen(d, socket)
	if err != nil {
		return err
	}
	defer l.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if o.private {
		ctx = untilEOF(ctx, os.Stdin)
	}
	fmt.Fprintln(ready, "ready")
	ready.Close()
	return h.Serve(ctx, l)
}

// hold takes the lock that makes this the one host of its home, and writes
// into it who holds it.
func hold(d dirs.Dirs) (*lockfile.Lock, error) {
	lock, err := lockfile.TryLock(d.LockFile())
	if errors.Is(err, lockfile.ErrLocked) {
		return nil, fault.New(fault.Conflict, "another host is running").WithHint("fn host status")
	}
	if err != nil {
		return nil, fault.New(fault.PermissionDenied, "take the host's lock: %w", err)
	}
	return lock, lock.Write([]byte(strconv.Itoa(os.Getpid()) + "\n"))
}

func hostOptions(o options, d dirs.Dirs, log io.Writer) (host.Options, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return host.Options{}, fault.New(fault.Internal, "find this executable: %w", err)
	}
	ho := host.Options{
		Dirs:     d,
		Manifest: o.manifest,
		Beside:   filepath.Dir(self),
		Version:  api.Release(),
		Build:    api.Identity(o.manifest),
		Private:  o.private,
		Log:      log,
	}
	if ho.Manifest == "" {
		ho.Manifest = d.Manifest()
	}
	return ho, nil
}

// untilEOF ends ctx when r does: the command that a private host serves holds
// the other end.
func untilEOF(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, r)
		cancel()
	}()
	return ctx
}
