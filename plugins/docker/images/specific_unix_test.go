//go:build unix

package images

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

// wheelhouse is a directory of this machine with a wheel.
func wheelhouse(t *testing.T, name, source string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, wheelName(name)), []byte(wheel(t, name, source)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAnImageWithPythonPackages(t *testing.T) {
	t.Parallel()
	s, base := building(t, enginetest.Python(t))
	r := sdk.Runtime{Language: "python", Requirements: "--no-index\n--find-links " + wheelhouse(t, "tiny", "value = 42") + "\ntiny==1.0\n"}
	base.User, base.Cmd, base.Entrypoint = "65534", []string{"a", "b"}, []string{"c"}
	if _, found, err := s.FindSpecific(t.Context(), base, r); found || err != nil {
		t.Errorf("found before it was made: %v, %v", found, err)
	}
	var told steps
	img, err := s.Specific(t.Context(), base, r, told.progress)
	if err != nil {
		t.Fatal(err)
	}
	if !told.has("installing requirements") {
		t.Errorf("progress told %q", told.said)
	}
	if got := pythonPrints(t, s, img, "", RuntimeModules("python"), "import tiny; print(tiny.value)"); got != "42" {
		t.Errorf("printed %q", got)
	}
	if got := prints(t, s.Engine, img.ID, "", "ls", "-A", buildDir); got != "" {
		t.Errorf("the installation left %s", got)
	}
	if !same(base, img) {
		t.Errorf("%+v became %+v", base, img)
	}
	for range 2 { // from memory, and from the engine
		if found, ok, err := s.FindSpecific(t.Context(), base, r); err != nil || !ok || found.ID != img.ID {
			t.Errorf("found: %v, %v, %v", found, ok, err)
		}
		s.Forget(img.ID)
	}
	again, err := s.Specific(t.Context(), base, r, func(step string, _, _ int64, _ string) { t.Error(step) })
	if err != nil || again.ID != img.ID {
		t.Errorf("made again: %v, %v", again, err)
	}
	unused, err := s.Unused(t.Context(), func(Image) bool { return false })
	if err != nil || len(unused) != 1 || unused[0].ID != img.ID || unused[0].Ref != img.Ref {
		t.Errorf("unused: %v, %v", unused, err)
	}
	unused, err = s.Unused(t.Context(), func(i Image) bool { return i.ID == img.ID })
	if err != nil || len(unused) != 0 {
		t.Errorf("unused: %v, %v", unused, err)
	}
}

func TestAnImageWithNodePackages(t *testing.T) {
	t.Parallel()
	s, base := building(t, enginetest.Node(t), "NPM_CONFIG_OFFLINE=true")
	packed := filepath.Join(t.TempDir(), "tiny-1.0.0.tgz")
	if err := os.WriteFile(packed, []byte(tarball(t, files{"package.json": `{"name":"tiny","version":"1.0.0"}`, "index.js": "module.exports = 42"})), 0o600); err != nil {
		t.Fatal(err)
	}
	r := sdk.Runtime{Language: "node", Requirements: `{"dependencies":{"tiny":"file:` + packed + `"}}`}
	img, err := s.Specific(t.Context(), base, r, ignore)
	if err != nil {
		t.Fatal(err)
	}
	if got := prints(t, s.Engine, img.ID, "", "node", "-p", "require('"+RuntimeModules("node")+"/tiny')"); got != "42" {
		t.Errorf("printed %q", got)
	}
}

func TestWhatRequiresNothingHasItsBase(t *testing.T) {
	t.Parallel()
	s, base := building(t, enginetest.Python(t))
	for _, r := range []sdk.Runtime{{Language: "python"}, {Language: "python", Requirements: "# nothing\n"}, {Language: "exec"}} {
		img, err := s.Specific(t.Context(), base, r, ignore)
		if err != nil || img.ID != base.ID {
			t.Errorf("%v: %v, %v", r, img, err)
		}
		if found, ok, err := s.FindSpecific(t.Context(), base, r); err != nil || !ok || found.ID != base.ID {
			t.Errorf("%v: %v, %v, %v", r, found, ok, err)
		}
	}
}

func TestWhatAnInstallerRefuses(t *testing.T) {
	t.Parallel()
	s, base := building(t, enginetest.Python(t), "PIP_NO_INDEX=1")
	_, err := s.Specific(t.Context(), base, sdk.Runtime{Language: "python", Requirements: "surely-nowhere==3\n"}, ignore)
	fails(t, err, sdk.Invalid, "No matching distribution found for surely-nowhere==3\n  ERROR: Could not find a version", "correct requirements.txt")
	s.Environ = []string{"PIP_INDEX_URL=http://127.0.0.1:1/simple", "PIP_RETRIES=1"} // nobody listens on port 1
	_, err = s.Specific(t.Context(), base, sdk.Runtime{Language: "python", Requirements: "six\n"}, ignore)
	fails(t, err, sdk.Unavailable, "where packages come from cannot be reached", "pip download")
}

func TestAnImageWithoutAnInstaller(t *testing.T) {
	t.Parallel()
	e := enginetest.Client(t)
	s, bare := building(t, small(t, e))
	_, err := s.Specific(t.Context(), bare, sdk.Runtime{Language: "python", Requirements: "six\n"}, ignore)
	fails(t, err, sdk.Invalid, "has no python3 to install requirements.txt with", "python:3-slim")
	_, err = s.Specific(t.Context(), bare, sdk.Runtime{Language: "node", Requirements: `{"dependencies":{"a":"1"}}`}, ignore)
	fails(t, err, sdk.Invalid, "has no node to install package.json with", "node:22-slim")
}
