//go:build unix

package deps

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// tarball is a package as npm pack makes it.
func tarball(t testing.TB, content files) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for name, text := range content {
		err := w.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(text))})
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if w.Close() != nil || z.Close() != nil {
		t.Fatal("packing")
	}
	return packed.String()
}

func nodeAndNpm(t testing.TB) Interpreter {
	t.Helper()
	path, err := exec.LookPath("node")
	if err == nil {
		_, err = exec.LookPath("npm")
	}
	if err != nil {
		if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "node") {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	version, err := exec.Command(path, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	return Interpreter{Path: path, Version: strings.TrimSpace(string(version))}
}

func TestNodeFromFilesOfTheCode(t *testing.T) {
	t.Parallel()
	i, s := nodeAndNpm(t), shared(t, "NPM_CONFIG_OFFLINE=true")
	f := function(t, "node", files{
		"index.js":         "require('tiny')",
		"package.json":     `{"dependencies": {"tiny": "file:tiny-1.0.0.tgz", "lib": "file:./lib"}}`,
		"tiny-1.0.0.tgz":   tarball(t, files{"package.json": `{"name":"tiny","version":"1.0.0"}`, "index.js": "module.exports = 42"}),
		"lib/package.json": `{"name":"lib","version":"1.0.0"}`,
		"lib/index.js":     "module.exports = 7 // " + rand.Text(), // never installed before, also where the test is repeated
	})
	var told steps
	dir, err := s.Install(t.Context(), i, needs(t, f), told.progress)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tiny", "lib"} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil || !info.IsDir() {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		if _, err := os.Stat(filepath.Join(dir, name, "index.js")); err != nil {
			t.Error(err)
		}
	}
	if _, ok := told.said["installing dependencies"]; !ok {
		t.Errorf("progress told %v", told.said)
	}
	if second, err := s.Install(t.Context(), i, needs(t, f), func(step string, _, _ int64, _ string) { t.Error(step) }); second != dir || err != nil {
		t.Error(second, err)
	}
}

// A lock that npm wrote without --install-links makes links to directories.
func TestNodeFromALock(t *testing.T) {
	t.Parallel()
	i, s := nodeAndNpm(t), shared(t, "NPM_CONFIG_OFFLINE=true")
	f := function(t, "node", files{
		"package.json": `{"name":"f","version":"1.0.0","dependencies":{"lib":"file:lib"}}`,
		"package-lock.json": `{"name":"f","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
			"":{"name":"f","version":"1.0.0","dependencies":{"lib":"file:lib"}},
			"lib":{"version":"1.0.0"},
			"node_modules/lib":{"resolved":"lib","link":true}}}`,
		"lib/package.json": `{"name":"lib","version":"1.0.0"}`,
		"lib/index.js":     "module.exports = 7",
	})
	dir, err := s.Install(t.Context(), i, needs(t, f), ignore)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(dir, "lib")); err != nil || !info.IsDir() {
		t.Error(info, err)
	}
}

func TestNodeWithoutANetwork(t *testing.T) {
	t.Parallel()
	i, s := nodeAndNpm(t), shared(t, "NPM_CONFIG_REGISTRY=http://127.0.0.1:1/", "NPM_CONFIG_FETCH_RETRIES=0")
	f := function(t, "node", files{"package.json": `{"dependencies": {"left-pad": "1"}}`})
	_, err := s.Install(t.Context(), i, needs(t, f), ignore)
	fails(t, err, sdk.Unavailable, "npm could not install package.json: where packages come from cannot be reached\n")
}

func TestNodeWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	i, s := nodeAndNpm(t), shared(t, "NPM_CONFIG_OFFLINE=true")
	f := function(t, "node", files{"package.json": `{"dependencies": {"tiny": "file:nowhere.tgz"}}`})
	_, err := s.Install(t.Context(), i, needs(t, f), ignore)
	fails(t, err, sdk.Invalid, "nowhere.tgz")
}
