package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// The test program has roles; one process takes one after the other.
const (
	roleVar   = "FN_SANDBOX_TEST_ROLE"
	roleOuter = "outer" // starts a process in the sandbox, as the user of the test
	roleEnter = "enter" // enters it, and becomes a function
	roleLoose = "loose" // the same, but lets the function make user namespaces
	roleTry   = "try"   // is the function
	roleIn    = "in"    // is one in a user namespace that the function made

	specVar, targetVar = "FN_SANDBOX_TEST_SPEC", "FN_SANDBOX_TEST_TARGET"
)

func TestMain(m *testing.M) {
	role := os.Getenv(roleVar)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(role); err != nil {
		fmt.Fprintln(os.Stderr, role+":", err)
		os.Exit(1)
	}
}

func play(role string) error {
	var spec Spec
	json.Unmarshal([]byte(os.Getenv(specVar)), &spec)
	runtime.LockOSThread()
	switch role {
	case roleOuter:
		return outer(spec)
	case roleEnter:
		if err := spec.Enter(); err != nil {
			return err
		}
	case roleLoose:
		if err := spec.View.Plan().Execute(); err != nil {
			return err
		}
	default:
		var t target
		if err := json.Unmarshal([]byte(os.Getenv(targetVar)), &t); err != nil {
			return err
		}
		return try(role, t)
	}
	if err := Renounce(); err != nil {
		return err
	}
	os.Setenv(roleVar, roleTry)
	return syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}

// outer starts the sandbox twice: as workers have it, and without what keeps
// functions from making user namespaces, which some kernels do not give.
func outer(spec Spec) error {
	for _, role := range []string{roleEnter, roleLoose} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), roleVar+"="+role)
		cmd.Dir, cmd.Stdout, cmd.Stderr = spec.View.Dir, os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		spec.Apply(cmd.SysProcAttr)
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", role, err)
		}
	}
	return nil
}

// try prints every attack that succeeds. In a user namespace of its own, some
// must not: it may be root of that, and mount what harms nobody.
func try(role string, t target) error {
	if status, _ := os.ReadFile("/proc/self/status"); role == roleTry &&
		!bytes.Contains(status, []byte("CapBnd:\t0000000000000000")) || !bytes.Contains(status, []byte("NoNewPrivs:\t1")) {
		fmt.Printf("capabilities are left: %s\n", status)
	}
	for _, a := range attacks {
		if role == roleIn && harmless[a.name] {
			continue
		}
		if a.try(t) == nil {
			fmt.Println(role+":", a.name)
		}
	}
	if err := creates("mine"); err != nil {
		fmt.Println("its own directory:", err)
	}
	if role == roleTry {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), roleVar+"="+roleIn)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
		if err := cmd.Run(); err == nil {
			fmt.Println("made a user namespace")
		}
	}
	return nil
}

// harmless are attacks that reach nothing from a user namespace of one's own:
// what they mount nobody else sees, and the rest is over that namespace.
var harmless = map[string]bool{
	"mount over": true, "bind elsewhere": true, "another root": true, "unmount /tmp": true,
	"its capabilities back": true, "see more processes than its own": true,
}

func TestHostileFunctions(t *testing.T) {
	self := shared(t)
	for _, uid := range []int{0, 65534} {
		if os.Getuid() != 0 && uid != os.Getuid() && uid != 0 {
			continue
		}
		t.Run(fmt.Sprint("uid ", uid), func(t *testing.T) {
			root := dirs(t, "state/own", "outside", "visible")
			for _, file := range []string{"outside/secret", "visible/letter"} {
				if err := os.WriteFile(filepath.Join(root, file), []byte("secret"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			said := hostile(t, self, root, uid)
			t.Log(said)
			for line := range strings.Lines(said) {
				if strings.TrimSpace(line) != "made a user namespace" || strings.Count(said, line) > 1 {
					t.Error(line) // loose alone may make one
				}
			}
		})
	}
}

// hostile runs the test program as a user and returns what it says.
func hostile(t *testing.T, self, root string, uid int) string {
	t.Helper()
	in := func(name string) string { return filepath.Join(root, name) }
	spec := Spec{
		Own: Namespaces{User: true, Mounts: true, PIDs: true, IPC: true, Network: true},
		View: View{
			Hide: []string{in("outside"), in("state"), "/run", hiddenOfSystem}, Show: []string{in("visible")},
			ReadOnly: true, Devices: true, Proc: true,
		},
	}.In(in("state/own"))
	specText, _ := json.Marshal(spec)
	targetText, _ := json.Marshal(target{Outside: in("outside"), Visible: in("visible"), Parent: os.Getpid()})
	cmd := exec.Command(self)
	cmd.Env = []string{roleVar + "=" + roleOuter, specVar + "=" + string(specText), targetVar + "=" + string(targetText), "GORACE=atexit_sleep_ms=0"}
	if os.Getuid() == 0 {
		for _, name := range []string{"", "state", "state/own", "outside", "outside/secret", "visible", "visible/letter"} {
			if err := os.Chown(in(name), uid, uid); err != nil {
				t.Fatal(err)
			}
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		if why := string(out); os.Getuid() != 0 && strings.Contains(why, "operation not permitted") && !strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "sandbox") {
			t.Skip("this user gets no namespaces: ", why)
		}
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// shared copies this program to where other users can execute it.
func shared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	to := filepath.Join(dir, "test")
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	file, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(file, from); err != nil {
		t.Fatal(err)
	}
	file.Close()
	for _, open := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(open, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// Without a sandbox, attacks succeed: they are none that always fail.
func TestAttacksWork(t *testing.T) {
	root := dirs(t, "outside", "visible")
	for _, file := range []string{"outside/secret", "visible/letter"} {
		if err := os.WriteFile(filepath.Join(root, file), []byte("secret"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := target{Outside: filepath.Join(root, "outside"), Visible: filepath.Join(root, "visible"), Parent: os.Getppid()}
	for _, a := range attacks {
		switch a.name {
		case "read a hidden file", "write beside it", "change a visible file", "make a file", "change a mode",
			"signal a process outside", "see a process outside", "remove a file":
			if err := a.try(at); err != nil {
				t.Errorf("%s: %v", a.name, err)
			}
		}
	}
}
