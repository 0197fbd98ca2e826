package proc

import (
	"os"
	"os/exec"
	"testing"
)

func TestTree(t *testing.T) {
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil { // returns after its exec
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })

	tree := Tree(os.Getpid())
	if len(tree) == 0 || tree[0].PID != os.Getpid() {
		t.Fatalf("%+v does not begin with this process", tree)
	}
	for _, p := range tree[1:] {
		if p.PID != cmd.Process.Pid {
			continue
		}
		if p.Parent != os.Getpid() || p.Name == "" || p.RSS <= 0 || p.Peak < p.RSS || p.Threads != 1 || p.Files < 3 {
			t.Errorf("%+v", p)
		}
		if PSS(p.PID) <= 0 || PSS(p.PID) > p.Peak {
			t.Errorf("share %d of at most %d", PSS(p.PID), p.Peak)
		}
		return
	}
	t.Errorf("%+v lacks the child %d", tree, cmd.Process.Pid)
}
