//go:build unix

package launch_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/fnhost/fn/host/launch"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/wire"
)

// act names what the test binary does instead of testing when it is run again.
const act = "FN_LAUNCH_TEST"

func TestMain(m *testing.M) {
	if as := os.Getenv(act); as != "" {
		acts[as]()
		return
	}
	os.Exit(m.Run())
}

var acts = map[string]func(){
	"good":          func() { sdk.Main(component{}) },
	"hangs":         func() { fmt.Fprintln(os.Stderr, "pid", os.Getpid()); time.Sleep(time.Hour) },
	"prints":        func() { fmt.Println("hello, world"); sdk.Main(component{}) },
	"silent":        func() {},
	"closes":        func() { os.Stdout.Close(); time.Sleep(time.Hour) },
	"exits":         exits,
	"panics":        func() { panic("no luck") },
	"other version": func() { serve(func(c *plugin.ServeConfig) { c.ProtocolVersion = 99 }) },
	"other program": func() { serve(func(c *plugin.ServeConfig) { c.MagicCookieKey = "OTHER_PROGRAM" }) },
	"net/rpc":       func() { fmt.Println("1|1|unix|/nowhere|netrpc"); time.Sleep(time.Hour) },
	"tcp":           func() { fmt.Println("1|1|tcp|127.0.0.1:1|grpc"); time.Sleep(time.Hour) },
	"deaf":          deaf,
	"dies at once":  func() { fmt.Println("1|1|unix|/nowhere|grpc"); fmt.Fprintln(os.Stderr, "oh"); os.Exit(3) },
	"no component":  func() { serve(func(c *plugin.ServeConfig) { c.Plugins = plugin.PluginSet{"other": nothing{}} }) },
	"stubborn":      func() { signal.Ignore(syscall.SIGTERM); serve(func(*plugin.ServeConfig) {}) },
	"sleeper":       func() { time.Sleep(time.Hour) },
	"host":          host,
}

func exits() {
	for i := range 25 {
		fmt.Fprintln(os.Stderr, "line", i)
	}
	os.Exit(3)
}

func serve(change func(*plugin.ServeConfig)) {
	c := &plugin.ServeConfig{
		HandshakeConfig: wire.Handshake(),
		Plugins:         plugin.PluginSet{wire.PluginName: &wire.Plugin{Impl: component{}}},
		GRPCServer:      plugin.DefaultGRPCServer,
	}
	change(c)
	plugin.Serve(c)
	time.Sleep(time.Hour)
}

// nothing is a go-plugin that serves nothing.
type nothing struct {
	plugin.NetRPCUnsupportedPlugin
}

func (nothing) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return nil }

func (nothing) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, nil
}

// deaf accepts a connection and says nothing.
func deaf() {
	socket := filepath.Join(os.Getenv("PLUGIN_UNIX_SOCKET_DIR"), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		panic(err)
	}
	fmt.Printf("1|1|unix|%s|grpc\n", socket)
	for {
		if _, err := l.Accept(); err != nil {
			panic(err)
		}
	}
}

// host starts a plugin in the directory it is given, says so, and waits to be
// killed.
func host() {
	self, _ := os.Executable()
	p, err := launch.Start(context.Background(), launch.Spec{
		Component: "good", Path: self, SocketDir: os.Getenv("DIR"), Env: []string{act + "=good"},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(p.PID())
	time.Sleep(time.Hour)
}

// component does in Status what the name of the function says.
type component struct{}

func (component) Describe() sdk.Description {
	return sdk.Description{Name: "good", Version: "1", Summary: "for tests"}
}

func (component) Validate(context.Context) (sdk.Validation, error) { panic("validate: out of luck") }

func (component) Deploy(context.Context, sdk.Function, sdk.Progress) (string, error) {
	return "", sdk.Errorf(sdk.Broken, "of the component itself")
}

func (component) Run(context.Context, sdk.Invocation, sdk.Output) (sdk.Report, error) {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func (component) Stop(context.Context, string) error {
	os.Stderr.WriteString("about to exit\n")
	time.Sleep(50 * time.Millisecond)
	os.Exit(7)
	return nil
}

func (component) Status(_ context.Context, ask ...string) ([]sdk.FunctionStatus, error) {
	var reason string
	switch ask[0] {
	case "environment":
		reason = strings.Join(os.Environ(), "\n")
	case "directory":
		reason, _ = os.Getwd()
	case "descriptors":
		open, _ := filepath.Glob("/proc/self/fd/*")
		for _, fd := range open {
			to, _ := os.Readlink(fd)
			reason += to + "\n"
		}
	case "child", "child of its own session":
		reason = child(ask[0] != "child")
	}
	return []sdk.FunctionStatus{{Name: ask[0], Reason: reason, State: sdk.StateUnknown}}, nil
}

// child starts a process that holds standard output and error open.
func child(leaves bool) string {
	self, _ := os.Executable()
	cmd := exec.Command(self)
	cmd.Env = []string{act + "=sleeper"}
	cmd.Stdout, cmd.Stderr = os.NewFile(1, "stdout"), os.NewFile(2, "stderr")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: leaves}
	if err := cmd.Start(); err != nil {
		return err.Error()
	}
	return fmt.Sprint(cmd.Process.Pid)
}
