package launch

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/hashicorp/go-plugin"

	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/sdk/wire"
)

// checkFile finds what can be said of the executable before it is started.
func checkFile(s Spec) error {
	info, err := os.Stat(s.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.Broken, "%s: no such file", s.Path).
			WithHint("fn plugins remove %s   # or install it again", s.Component)
	case err != nil:
		return fault.New(fault.Broken, "look at the plugin: %w", err)
	case !info.Mode().IsRegular():
		return fault.New(fault.Broken, "%s is not a file that can be executed", s.Path).
			WithHint("fn plugins remove %s", s.Component)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0:
		return fault.New(fault.Broken, "%s is not executable", s.Path).WithHint("chmod +x %s", s.Path)
	}
	return nil
}

// late says that the time limit passed.
func (a *attempt) late() error {
	a.child.wait()
	missing := "handshake"
	if _, printed := a.child.stdout.firstLine(); printed {
		missing = "answer after the handshake"
	}
	return fault.New(fault.Broken, "the plugin gave no %s within %s%s", missing, a.timeout, a.log.tail()).
		WithHint("%s describe --json   # shows whether it works at all", a.spec.Path)
}

// explain says in one sentence why go-plugin's start failed with err: by what
// the process did rather than by err, which guesses.
func (a *attempt) explain(err error) error {
	if a.child.ID() == "" {
		return a.explainExec(err)
	}
	a.child.finish()
	a.child.wait()
	line, printed := a.child.stdout.firstLine()
	if printed {
		return a.explainLine(line, err)
	}
	how := a.child.cmd.ProcessState
	if !a.child.ownEnd() {
		return a.foreign("it closed its standard output without a handshake")
	}
	if strings.Contains(strings.Join(a.log.lines(), "\n"), "This binary is a plugin") {
		return a.foreign("it is a plugin of another program")
	}
	if how.Success() && a.log.empty() {
		return a.foreign("it ended without a handshake")
	}
	return fault.New(fault.Broken, "the plugin ended before the handshake (%s)%s", a.log.cause(how), a.log.tail()).
		WithHint("%s describe --json   # shows whether it works at all", a.spec.Path)
}

// explainLine judges the first line of standard output: protocol of go-plugin,
// ours, network, address, kind of RPC.
func (a *attempt) explainLine(line string, err error) error {
	parts := strings.Split(line, "|")
	if len(parts) < 4 || !isNumber(parts[0]) || !isNumber(parts[1]) {
		return fault.New(fault.Broken, "the plugin printed %s on its standard output, which is for the handshake", excerpt(line)).
			WithHint("print on standard error in %s", a.spec.Path)
	}
	ours := strconv.Itoa(int(wire.Handshake().ProtocolVersion))
	switch {
	case parts[0] != strconv.Itoa(plugin.CoreProtocolVersion) || parts[1] != ours:
		return fault.New(fault.Broken, "the plugin speaks version %s of the plugin protocol, this fn speaks %s", parts[1], ours).
			WithHint("fn plugins lock   # after installing the %s that belongs to this fn", a.spec.Component)
	case fault.KindOf(err) == fault.Unimplemented:
		return a.foreign("it serves no component")
	case len(parts) < 5 || parts[4] != string(plugin.ProtocolGRPC):
		return a.foreign("it does not speak gRPC")
	case parts[2] != channel():
		return fault.New(fault.Broken, "the plugin listens on %s, where others could talk to it, not on %s", parts[2], channel()).
			WithHint("fn plugins remove %s", a.spec.Component)
	}
	if a.child.ownEnd() {
		how := a.log.cause(a.child.cmd.ProcessState)
		return fault.New(fault.Broken, "the plugin ended right after the handshake (%s)%s", how, a.log.tail()).
			WithHint("fn host logs")
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return fault.New(fault.Broken, "the connection failed: %s%s", first, a.log.tail()).WithHint("fn host logs")
}

func (a *attempt) foreign(why string) error {
	return fault.New(fault.Broken, "%s is not an fn plugin: %s", a.spec.Path, why).
		WithHint("fn plugins remove %s", a.spec.Component)
}

// explainExec explains an executable that the system would not run.
func (a *attempt) explainExec(err error) error {
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		return fault.New(fault.Broken, "%s is no program for %s/%s", a.spec.Path, runtime.GOOS, runtime.GOARCH).
			WithHint("fn plugins remove %s   # or install the build for this machine", a.spec.Component)
	case errors.Is(err, fs.ErrNotExist): // the file is there, see checkFile
		return fault.New(fault.Broken, "the interpreter or loader that %s asks for is missing", a.spec.Path).
			WithHint("head -1 %s", a.spec.Path)
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Broken, "%s may not be executed by this user, or lies on a file system without execution", a.spec.Path).
			WithHint("ls -l %s", a.spec.Path)
	}
	return fault.New(fault.Broken, "%w", err)
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// excerpt quotes at most 80 bytes.
func excerpt(s string) string {
	if len(s) > 80 {
		s = s[:80] + "..."
	}
	return strconv.Quote(s)
}
