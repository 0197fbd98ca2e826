//go:build unix

package images

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/volume"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

func tinyFunction(t *testing.T) sdk.Function {
	return function(t, "python", files{
		"handler.py": "import tiny", "requirements.txt": "tiny\n",
		"json.py":                     "raise SystemExit('the code must not be imported by pip')",
		"wheels/" + wheelName("tiny"): wheel(t, "tiny", "value = 42"),
	})
}

func TestPackagesOfAPythonFunction(t *testing.T) {
	t.Parallel()
	s, img := building(t, enginetest.Python(t))
	f := tinyFunction(t)
	name, err := s.Packages(t.Context(), img, f, ignore)
	if err != nil {
		t.Fatal(err)
	}
	const source = "import tiny; print(tiny.value)"
	if got := pythonPrints(t, s, img, name, FunctionModules("python"), source); got != "42" {
		t.Errorf("printed %q", got)
	}
	again, err := s.Packages(t.Context(), img, f, func(step string, _, _ int64, _ string) { t.Error(step) })
	if err != nil || again != name {
		t.Errorf("%q after %q, %v", again, name, err)
	}
	// An engine makes an empty volume for whoever mounts one that is not there.
	if err := s.RemoveVolume(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Engine.VolumeCreate(t.Context(), volume.CreateOptions{Name: name}); err != nil {
		t.Fatal(err)
	}
	if ready, err := s.HasVolume(t.Context(), name); ready || err != nil {
		t.Errorf("an empty volume counts: %v, %v", ready, err)
	}
	if _, err := s.Packages(t.Context(), img, f, ignore); err != nil {
		t.Fatal(err)
	}
	if got := pythonPrints(t, s, img, name, FunctionModules("python"), source); got != "42" {
		t.Errorf("printed %q", got)
	}
}

func TestPackagesOfANodeFunction(t *testing.T) {
	t.Parallel()
	s, img := building(t, enginetest.Node(t), "NPM_CONFIG_OFFLINE=true")
	name, err := s.Packages(t.Context(), img, function(t, "node", files{
		"index.js":         "require('tiny')",
		"package.json":     `{"dependencies": {"tiny": "file:tiny-1.0.0.tgz"}}`,
		"tiny-1.0.0.tgz":   tarball(t, files{"package.json": `{"name":"tiny","version":"1.0.0"}`, "index.js": "module.exports = 42"}),
		"lib/package.json": `{}`,
	}), ignore)
	if err != nil {
		t.Fatal(err)
	}
	if got := prints(t, s.Engine, img.ID, name, "node", "-p", "require('"+FunctionModules("node")+"/tiny')"); got != "42" {
		t.Errorf("printed %q", got)
	}
	// A lock that npm wrote without --install-links makes links to directories.
	locked, err := s.Packages(t.Context(), img, function(t, "node", files{
		"package.json": `{"name":"f","version":"1.0.0","dependencies":{"lib":"file:lib"}}`,
		"package-lock.json": `{"name":"f","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
			"":{"name":"f","version":"1.0.0","dependencies":{"lib":"file:lib"}},
			"lib":{"version":"1.0.0"},
			"node_modules/lib":{"resolved":"lib","link":true}}}`,
		"lib/package.json": `{"name":"lib","version":"1.0.0"}`,
		"lib/index.js":     "module.exports = 7",
	}), ignore)
	if err != nil {
		t.Fatal(err)
	}
	if got := prints(t, s.Engine, img.ID, locked, "node", "-p", "require('"+FunctionModules("node")+"/lib')"); got != "7" {
		t.Errorf("printed %q", got)
	}
}

func TestPackagesThatCannotBeInstalledLeaveNothing(t *testing.T) {
	t.Parallel()
	s, img := building(t, enginetest.Node(t), "NPM_CONFIG_OFFLINE=true")
	_, err := s.Packages(t.Context(), img, function(t, "node", files{"package.json": `{"dependencies": {"tiny": "file:nowhere.tgz"}}`}), ignore)
	fails(t, err, sdk.Invalid, "nowhere.tgz", "correct package.json")
	if left, err := s.UnusedPackages(t.Context(), func(string) bool { return false }); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if name, err := s.Packages(t.Context(), img, function(t, "node", files{"index.js": ""}), ignore); name != "" || err != nil {
		t.Error(name, err)
	}
}

func TestSeveralAtOnceMakeOne(t *testing.T) {
	t.Parallel()
	s, img := building(t, enginetest.Python(t))
	f := tinyFunction(t)
	other := &Store{Engine: s.Engine, HostID: s.HostID, Component: s.Component, StateDir: s.StateDir} // of another process
	var told steps
	var group sync.WaitGroup
	for _, one := range []*Store{s, other, s, other} {
		group.Go(func() {
			if _, err := one.Packages(t.Context(), img, f, told.progress); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	starts := 0
	for _, step := range told.said {
		if strings.HasPrefix(step, "starting") {
			starts++
		}
	}
	if starts != 1 || !told.has("waiting for the same installation") {
		t.Errorf("%d installations; %q", starts, told.said)
	}
	if _, err := (&Store{Engine: s.Engine, HostID: "another", Component: s.Component, StateDir: t.TempDir()}).UnusedPackages(t.Context(),
		func(volume string) bool { t.Errorf("another host sees %v", volume); return true }); err != nil {
		t.Error(err)
	}
}

// slowFunction takes as long to install as one waits for it.
func slowFunction(t testing.TB) sdk.Function {
	return function(t, "python", files{
		"requirements.txt": "./slow\n", "slow/setup.py": "import time\ntime.sleep(600)\n",
	})
}

func TestACanceledInstallation(t *testing.T) {
	t.Parallel()
	s, img := building(t, enginetest.Python(t))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Packages(ctx, img, slowFunction(t), func(step string, done, _ int64, _ string) {
		if done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left, err := s.UnusedPackages(t.Context(), func(string) bool { return false }); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// victimVar makes the test program install the function of slowFunction, in the
// state directory and for the host that its value names.
const victimVar = "FN_IMAGES_TEST_VICTIM"

func TestVictim(t *testing.T) {
	host := os.Getenv(victimVar)
	if host == "" {
		return
	}
	s, img := building(t, enginetest.Python(t))
	s.HostID, s.StateDir = host, os.Getenv(victimVar+"_DIR")
	f := slowFunction(t)
	f.Code.Path = os.Getenv(victimVar + "_CODE")
	_, err := s.Packages(t.Context(), img, f, ignore)
	t.Fatal("it came to an end:", err)
}

func TestKilledWhileItInstalls(t *testing.T) {
	t.Parallel()
	s, img := building(t, enginetest.Python(t))
	f := slowFunction(t)
	victim := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), victimVar+"="+s.HostID, victimVar+"_DIR="+s.StateDir, victimVar+"_CODE="+f.Code.Path, "TMPDIR="+t.TempDir())
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	count := func(status string) int {
		found, err := s.Engine.ContainerList(t.Context(), container.ListOptions{All: true, Filters: filters.NewArgs(
			filters.Arg("label", labelHost+"="+s.HostID), filters.Arg("status", status))})
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	until(t, "the installation begins", func() bool { return count("running") == 1 })
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	until(t, "its container ends", func() bool { return count("running") == 0 && count("exited") == 1 })
	volumes, err := s.UnusedPackages(t.Context(), func(string) bool { return false })
	if err != nil || len(volumes) != 1 {
		t.Fatal(volumes, err)
	}
	if ready, err := s.HasVolume(t.Context(), volumes[0]); ready || err != nil {
		t.Errorf("what was killed counts: %v, %v", ready, err)
	}
	// The next one wants the same of what is installed at once.
	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Packages(ctx, img, f, func(_ string, done, _ int64, _ string) {
		if done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("this did not happen: " + what)
		}
	}
}
