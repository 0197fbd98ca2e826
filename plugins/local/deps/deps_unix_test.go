//go:build unix

package deps

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/sdk"
)

// files are names and contents.
type files map[string]string

// writeZip makes a zip and returns the digest of its bytes.
func writeZip(t testing.TB, path string, content files) string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, text := range content {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// wheel is the content of a package of one module, as pip takes it.
func wheel(t testing.TB, name, source string) string {
	t.Helper()
	info := name + "-1.0.dist-info/"
	path := filepath.Join(t.TempDir(), "wheel")
	writeZip(t, path, files{
		name + ".py":      source,
		info + "METADATA": "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n",
		info + "WHEEL":    "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		info + "RECORD":   name + ".py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n",
	})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func wheelName(name string) string { return "wheels/" + name + "-1.0-py3-none-any.whl" }

// function is one with this code, in a language.
func function(t testing.TB, language string, code files) sdk.Function {
	t.Helper()
	path := filepath.Join(t.TempDir(), "code.zip")
	digest := writeZip(t, path, code)
	return sdk.Function{
		Name: "f", Version: 1, Runtime: sdk.Runtime{Name: language, Language: language},
		Code: sdk.Bundle{Path: path, Digest: digest},
	}
}

func needs(t testing.TB, f sdk.Function) requirements.Needs {
	t.Helper()
	n, err := requirements.OfFunction(f)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// newStore is one of its own. Those of shared use one directory, so that pip is
// prepared once.
func newStore(t testing.TB, env ...string) *Store {
	t.Helper()
	return &Store{
		Dir: filepath.Join(t.TempDir(), "packages"), Now: time.Now,
		Env: append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...),
	}
}

var sharedDir string // see TestMain

func shared(t testing.TB, env ...string) *Store {
	s := newStore(t, env...)
	s.Dir = sharedDir
	return s
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimVar); dir != "" {
		beVictim(dir)
		return
	}
	var err error
	if sharedDir, err = os.MkdirTemp("", "fn-deps-"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(sharedDir)
	os.Exit(status)
}

// unfinishedOf lists what is left of an installation.
func unfinishedOf(s *Store, i Interpreter, n requirements.Needs) []string {
	left, _ := filepath.Glob(filepath.Join(s.Dir, unfinished+n.Key(i.String())+"*"))
	return left
}

// python3 is the first interpreter on PATH itself.
func python3(t testing.TB) Interpreter {
	t.Helper()
	out, err := exec.Command("python3", "-I", "-S", "-c", "import sys, platform; print(sys.executable, platform.python_version())").Output()
	var i Interpreter
	if _, scanErr := fmt.Sscan(string(out), &i.Path, &i.Version); err != nil || scanErr != nil {
		if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "python") {
			t.Fatal("there is no python3: ", err)
		}
		t.Skip("there is no python3: ", err)
	}
	return i
}

// steps counts what progress is told.
type steps struct {
	mu   sync.Mutex
	said map[string]int64 // the largest done of each step
}

func (s *steps) progress(step string, done, _ int64, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.said == nil {
		s.said = map[string]int64{}
	}
	s.said[step] = max(s.said[step], done)
}

func TestPythonFromWheelsInTheCode(t *testing.T) {
	t.Parallel()
	i, s := python3(t), shared(t)
	f := function(t, "python", files{
		"handler.py":       "import tiny",
		"json.py":          "raise SystemExit('the code must not be imported by pip')",
		"requirements.txt": "# what it needs\ntiny==1.0 # this\n",
		wheelName("tiny"):  wheel(t, "tiny", "value = 42 # "+rand.Text()), // never installed before, also where the test is repeated
	})
	var told steps
	dir, err := s.Install(t.Context(), i, needs(t, f), told.progress)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "tiny.py")); err != nil {
		t.Error(err)
	}
	if told.said["installing requirements"] < 2 {
		t.Errorf("progress told %v", told.said)
	}
	if found, ok := s.Find(i, needs(t, f)); !ok || found != dir {
		t.Errorf("found %q, %v", found, ok)
	}
	var again steps
	if second, err := s.Install(t.Context(), i, needs(t, f), again.progress); second != dir || err != nil || len(again.said) > 0 {
		t.Errorf("installed again: %q, %v, %v", second, err, again.said)
	}
	entries, _ := os.ReadDir(filepath.Dir(dir))
	if len(entries) != 1 {
		t.Errorf("more than the packages was left: %v", entries)
	}
}

func TestPythonWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	i, s := python3(t), shared(t, "PIP_NO_INDEX=1")
	f := function(t, "python", files{"requirements.txt": "surely-nowhere==3\n"})
	_, err := s.Install(t.Context(), i, needs(t, f), ignore)
	e := fails(t, err, sdk.Invalid, "pip could not install requirements.txt: No matching distribution found for surely-nowhere==3\n")
	if !strings.Contains(e.Message, "\n  ERROR: Could not find a version") {
		t.Errorf("the log is not there: %s", e.Message)
	}
	if left := unfinishedOf(s, i, needs(t, f)); len(left) > 0 {
		t.Error("left:", left)
	}
}

func TestPythonWithoutANetwork(t *testing.T) {
	t.Parallel()
	// Nobody listens on port 1.
	i, s := python3(t), shared(t, "PIP_INDEX_URL=http://127.0.0.1:1/simple", "no_proxy=127.0.0.1")
	f := function(t, "python", files{"requirements.txt": "six\n"})
	_, err := s.Install(t.Context(), i, needs(t, f), ignore)
	e := fails(t, err, sdk.Unavailable, "where packages come from cannot be reached")
	if !strings.HasPrefix(e.Hint, "pip download -d wheels") {
		t.Error(e.Hint)
	}
}

func TestTwoAtOnceInstallOnce(t *testing.T) {
	t.Parallel()
	i, first := python3(t), shared(t)
	second := &Store{Dir: first.Dir, Env: first.Env, Now: time.Now} // of another process
	n := needs(t, function(t, "python", files{
		"requirements.txt": "tiny", wheelName("tiny"): wheel(t, "tiny", "# "+rand.Text()),
	}))
	var installs atomic.Int64
	var group sync.WaitGroup
	for _, s := range []*Store{first, second, first, second} {
		group.Go(func() {
			_, err := s.Install(context.Background(), i, n, func(step string, done, _ int64, _ string) {
				if step == "installing requirements" && done == 0 {
					installs.Add(1)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if installs.Load() != 1 {
		t.Errorf("%d installations", installs.Load())
	}
}

func TestACanceledInstallationLeavesNothing(t *testing.T) {
	t.Parallel()
	i, s := python3(t), shared(t)
	n := needs(t, function(t, "python", files{
		"requirements.txt": "./slow\n",
		"slow/setup.py":    "import time; open('../../began', 'w'); time.sleep(600)\n",
	}))
	if _, err := s.withPip(t.Context(), i, ignore); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Install(ctx, i, n, func(step string, done, _ int64, _ string) {
		if done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left := unfinishedOf(s, i, n); len(left) > 0 {
		t.Error("left:", left)
	}
}

func TestWhatNobodyUsesIsRemoved(t *testing.T) {
	s := newStore(t)
	build := func(made string) error { return os.Mkdir(filepath.Join(made, "x"), 0o700) }
	old, err := s.entry(t.Context(), "old", "x", ignore, build)
	if err != nil {
		t.Fatal(err)
	}
	s.Now = func() time.Time { return time.Now().Add(KeepUnused - time.Hour) }
	if !s.Has(old) {
		t.Error("gone")
	}
	s.Now = func() time.Time { return time.Now().Add(KeepUnused + time.Hour) }
	if _, err := s.entry(t.Context(), "new", "x", ignore, build); err != nil || !s.Has(old) {
		t.Error("what was used an hour ago is gone: ", err)
	}
	s.Now = func() time.Time { return time.Now().Add(3 * KeepUnused) }
	if _, err := s.entry(t.Context(), "newer", "x", ignore, build); err != nil || s.Has(old) {
		t.Error("what nobody used is still there: ", err)
	}
}

func TestWhatAKilledOneLeftIsRemoved(t *testing.T) {
	s := newStore(t)
	left := filepath.Join(s.Dir, unfinished+"key-123", workDir)
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := s.entry(t.Context(), "key", "x", ignore, func(made string) error { return os.Mkdir(filepath.Join(made, "x"), 0o700) })
	if _, statErr := os.Stat(filepath.Dir(left)); err != nil || !errors.Is(statErr, os.ErrNotExist) {
		t.Error(err, statErr)
	}
}

func TestCollectLeavesWhatIsUsed(t *testing.T) {
	s := newStore(t)
	build := func(made string) error { return os.Mkdir(filepath.Join(made, "x"), 0o700) }
	var dirs []string
	for _, key := range []string{"kept", "old"} {
		dir, err := s.entry(t.Context(), key, "x", ignore, build)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	left, busy := filepath.Join(s.Dir, unfinished+"key-123"), filepath.Join(s.Dir, unfinished+"busy-123")
	for _, dir := range []string{left, busy} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	unlock, err := s.lock(t.Context(), "busy", ignore)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	collect := func(want ...string) {
		t.Helper()
		removed, err := s.Collect(dirs[:1])
		if err != nil || len(removed) != len(want) {
			t.Fatalf("removed %q, %v; want %q", removed, err, want)
		}
		for i, path := range want {
			if _, err := os.Stat(path); err == nil || !strings.HasSuffix(removed[i], path) {
				t.Errorf("%s: said is %q", path, removed[i])
			}
		}
	}
	collect(left)
	s.Now = func() time.Time { return time.Now().Add(KeepUnused + time.Hour) }
	collect(filepath.Dir(dirs[1]))
	collect()
	for _, dir := range []string{dirs[0], busy} {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
}

func ignore(string, int64, int64, string) {}

func fails(t testing.TB, err error, kind sdk.Kind, part string) *sdk.Error {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Message, part) || e.Hint == "" {
		t.Errorf("the error is %v (%s), want %s with %q", err, sdk.KindOf(err), kind, part)
		return &sdk.Error{}
	}
	return e
}
