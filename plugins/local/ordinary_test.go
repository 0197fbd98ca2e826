package local

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAsAnOrdinaryUser runs what matters again without any privilege.
func TestAsAnOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("this test already runs as an ordinary user")
	}
	const nobody = 65534
	dir := t.TempDir()
	own := filepath.Join(dir, "own")
	self := filepath.Join(dir, "test")
	for _, step := range []error{
		os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o755),
		os.Mkdir(own, 0o700), os.Chown(own, nobody, nobody), copySelf(self),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	cmd := exec.Command(self, "-test.v", "-test.run",
		"^(TestCallsGetResult|TestNoCallSees|TestUnpackedCode|TestTimeoutAndCancel|TestOutOfMemory|TestADeath|TestAWaiting|TestARunning|TestNothingOutlives|TestValidate|TestASandboxed|TestWithoutANetwork|TestAKilledSandbox|TestForks|TestAForkHas|TestADeadTemplate|TestTheEndOfAFork)")
	cmd.Dir = own
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + own, "TMPDIR=" + own,
		programVar + "=" + os.Getenv(programVar),
	}
	cmd.SysProcAttr = asUser(nobody)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
}

// copySelf puts this test program where others may execute it.
func copySelf(to string) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, from); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
