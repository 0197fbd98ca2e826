package enginetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// bookwormTag is an image made of Debian's packages, with both interpreters.
const bookwormTag = "fn-test/bookworm:1"

// bootstrapLimit bounds the making of an image; packages come from the network.
const bootstrapLimit = 8 * time.Minute

// bootstrapped returns an image of Debian's packages, made when it is not there.
func bootstrapped(t T, e *engine.Engine) (string, error) {
	if has(t.Context(), e, bookwormTag) {
		return bookwormTag, nil
	}
	if os.Getuid() != 0 {
		return "", errors.New("debootstrap wants root")
	}
	if _, err := exec.LookPath("debootstrap"); err != nil {
		return "", fmt.Errorf("%w: sudo apt-get install debootstrap", err)
	}
	dir, err := os.MkdirTemp("", "fn-bookworm")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(t.Context(), bootstrapLimit)
	defer cancel()
	// npm's packages depend on each other in circles, which apt-get can install
	// and debootstrap cannot.
	for _, step := range [][]string{
		{"debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", dir},
		{"chroot", dir, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3", "python3-pip", "nodejs", "npm"},
		{"chroot", dir, "apt-get", "clean"},
	} {
		if err := logged(ctx, t, step); err != nil {
			return "", err
		}
	}
	for _, unused := range []string{"var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"} {
		if err := os.RemoveAll(filepath.Join(dir, unused)); err != nil {
			return "", err
		}
	}
	return bookwormTag, importDirectory(ctx, e, dir, bookwormTag)
}

// logged runs a command, tells the test how long it took and returns the end of
// its output in an error.
func logged(ctx context.Context, t T, command []string) error {
	t.Logf("%q", command)
	start := time.Now()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command[0], err, out[max(0, len(out)-2000):])
	}
	t.Logf("  took %.0f s", time.Since(start).Seconds())
	return nil
}

// importDirectory makes an image of a directory. tar keeps owners, links and
// modes.
func importDirectory(ctx context.Context, e *engine.Engine, dir, tag string) error {
	cmd := exec.CommandContext(ctx, "tar", "-C", dir, "-c", ".")
	packed, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = importTar(ctx, e, packed, tag)
	packed.Close() // ends a tar that nobody reads
	return errors.Join(err, cmd.Wait())
}

func importTar(ctx context.Context, e *engine.Engine, packed io.Reader, tag string, changes ...string) error {
	body, err := e.ImageImport(ctx, image.ImportSource{Source: packed, SourceName: "-"}, tag, image.ImportOptions{Changes: changes})
	if err != nil {
		return err
	}
	defer body.Close()
	return progress(body, func() {})
}
