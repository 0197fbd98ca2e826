package presence

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// roleVar makes the test program be a process that enters a room, and waits.
const roleVar = "FN_PRESENCE_TEST_ROOM"

func TestMain(m *testing.M) {
	dir := os.Getenv(roleVar)
	if dir == "" {
		os.Exit(m.Run())
	}
	room, err := Open(dir)
	if err != nil {
		panic(err)
	}
	present, err := room.Enter()
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(present.ID)
	os.Stdin.Read(make([]byte, 1))
}

func TestWhoIsPresent(t *testing.T) {
	room, err := Open(filepath.Join(t.TempDir(), "room"))
	if err != nil {
		t.Fatal(err)
	}
	one, err := room.Enter()
	if err != nil {
		t.Fatal(err)
	}
	two, err := room.Enter()
	if err != nil {
		t.Fatal(err)
	}
	if one.ID == two.ID || !room.Has(one.ID) || !room.Has(two.ID) {
		t.Errorf("%s and %s entered", one.ID, two.ID)
	}
	if err := one.Leave(); err != nil {
		t.Error(err)
	}
	if room.Has(one.ID) || !room.Has(two.ID) {
		t.Errorf("%s has left", one.ID)
	}
	for _, nobody := range []string{"", ".", "..", "../" + filepath.Base(room.dir), "never"} {
		if room.Has(nobody) {
			t.Errorf("%q is there", nobody)
		}
	}
	if err := two.Leave(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(room.dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestAKilledProcessIsNotPresent(t *testing.T) {
	dir := t.TempDir()
	room, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), roleVar+"="+dir)
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	said, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	if _, err := said.Read(id); err != nil {
		t.Fatal(err)
	}
	if !room.Has(string(id)) {
		t.Errorf("%s is not there", id)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	other.Wait() //nolint:errcheck // it was killed
	if room.Has(string(id)) {
		t.Errorf("%s is still there", id)
	}
}
