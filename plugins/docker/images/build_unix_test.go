//go:build unix

package images

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/pkg/stdcopy"
	place "github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

type files map[string]string

func zipped(t testing.TB, content files) string {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range content {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// wheel is a package of one module, as pip takes it.
func wheel(t testing.TB, name, source string) string {
	t.Helper()
	info := name + "-1.0.dist-info/"
	return zipped(t, files{
		name + ".py":      source,
		info + "METADATA": "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n",
		info + "WHEEL":    "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		info + "RECORD":   name + ".py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n",
	})
}

func wheelName(name string) string { return name + "-1.0-py3-none-any.whl" }

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
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func function(t testing.TB, language string, code files) sdk.Function {
	t.Helper()
	path := filepath.Join(t.TempDir(), "code.zip")
	if err := os.WriteFile(path, []byte(zipped(t, code)), 0o600); err != nil {
		t.Fatal(err)
	}
	return sdk.Function{Name: "f", Runtime: sdk.Runtime{Language: language}, Code: sdk.Bundle{Path: path}}
}

// building is a store and an image, and what the store makes is removed.
func building(t *testing.T, ref string, environ ...string) (*Store, Image) {
	t.Helper()
	s := newStore(t, enginetest.Client(t), environ...)
	t.Cleanup(func() { clean(t, s) })
	base, err := s.Resolve(t.Context(), ref, ignore)
	if err != nil {
		t.Fatal(err)
	}
	return s, base
}

// clean checks that no container is left and removes the rest.
func clean(t *testing.T, s *Store) {
	e := enginetest.Client(uncanceled{t})
	s.Engine = e
	ctx := context.Background()
	own := filters.NewArgs(filters.Arg("label", labelHost+"="+s.HostID))
	left, err := e.ContainerList(ctx, container.ListOptions{All: true, Filters: own})
	if err != nil || len(left) > 0 {
		t.Errorf("containers are left: %v, %v", left, err)
	}
	for _, c := range left {
		s.discard(ctx, c.ID)
	}
	volumes, err := s.UnusedPackages(ctx, func(string) bool { return false })
	for _, v := range volumes {
		err = errors.Join(err, s.RemoveVolume(ctx, v))
	}
	unused, listErr := s.Unused(ctx, func(Image) bool { return false })
	for _, img := range unused {
		_, removeErr := e.ImageRemove(ctx, img.ID, image.RemoveOptions{Force: true})
		err = errors.Join(err, removeErr)
	}
	if err := errors.Join(err, listErr); err != nil {
		t.Error(err)
	}
	dirs, _ := filepath.Glob(filepath.Join(s.StateDir, ".work-*"))
	if len(dirs) > 0 {
		t.Errorf("directories are left: %v", dirs)
	}
}

// uncanceled is a test in its cleanup.
type uncanceled struct{ *testing.T }

func (uncanceled) Context() context.Context { return context.Background() }

// prints is what a command in a container prints to a user that owns nothing.
func prints(t *testing.T, e *engine.Engine, img, volume string, command ...string) string {
	t.Helper()
	host := &container.HostConfig{NetworkMode: "none"}
	if volume != "" {
		host.Mounts = []mount.Mount{{Type: mount.TypeVolume, Source: volume, Target: place.PackagesDir, ReadOnly: true}}
	}
	made, err := e.ContainerCreate(t.Context(), &container.Config{Image: img, Entrypoint: command, User: "65534:65534"}, host, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer e.ContainerRemove(context.Background(), made.ID, container.RemoveOptions{Force: true})
	ended, failed := e.ContainerWait(t.Context(), made.ID, container.WaitConditionNextExit)
	if err := e.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case err := <-failed:
		t.Fatal(err)
	}
	logs, err := e.ContainerLogs(t.Context(), made.ID, container.LogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	var out strings.Builder
	if _, err := stdcopy.StdCopy(&out, &out, logs); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func pythonPrints(t *testing.T, s *Store, img Image, volume, dir, source string) string {
	t.Helper()
	return prints(t, s.Engine, img.ID, volume, "python3", "-c", "import sys; sys.path.insert(0, '"+dir+"')\n"+source)
}

func same(a, b Image) bool {
	return a.User == b.User && slices.Equal(a.Cmd, b.Cmd) && slices.Equal(a.Entrypoint, b.Entrypoint) &&
		slices.Equal(a.Env, b.Env) && a.WorkingDir == b.WorkingDir
}
