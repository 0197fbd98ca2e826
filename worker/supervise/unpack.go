package supervise

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/worker"
)

// longestLink is how long the target of a symbolic link may be: PATH_MAX.
const longestLink = 4096

// unpack fills the empty directory dir. The bundle need not be trusted: it is
// kept within dir, in number of files and in size.
func (b *bundle) unpack(dir string) error {
	if b.size == 0 {
		return nil
	}
	archive, err := zip.NewReader(b.content(), b.size)
	if err != nil {
		return failed(worker.Invalid, "the code is no zip archive: %v", err)
	}
	if len(archive.File) > worker.MaxCodeFiles {
		return failed(worker.ResourceExhausted, "the code has %d files, at most %d are taken", len(archive.File), worker.MaxCodeFiles)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return storing(err)
	}
	defer root.Close()
	u := unpacking{root: root, made: map[string]bool{".": true}, left: worker.MaxCodeBytes}
	for _, entry := range archive.File {
		if err := u.add(entry); err != nil {
			return u.explain(entry.Name, err)
		}
	}
	// Links come last, so that nothing is written through one.
	for _, entry := range u.links {
		if err := u.link(entry); err != nil {
			return u.explain(entry.Name, err)
		}
	}
	return nil
}

// unpacking is one archive on its way into root, which no path can leave.
type unpacking struct {
	root  *os.Root
	made  map[string]bool // directories that exist
	left  int64           // bytes that may still be written
	links []*zip.File
}

var (
	errTooLarge = errors.New("the code is too large")
	errLeaves   = errors.New("it leads out of the code")
	errNoFile   = errors.New("it is neither file, directory nor symbolic link")
)

func (u *unpacking) add(entry *zip.File) error {
	name := strings.TrimSuffix(entry.Name, "/")
	if !filepath.IsLocal(name) || strings.ContainsAny(name, "\\\x00") {
		return errLeaves
	}
	name = path.Clean(name)
	switch mode := entry.Mode(); {
	case mode.IsDir():
		return u.directory(name)
	case mode&fs.ModeSymlink != 0:
		u.links = append(u.links, entry)
		return nil
	case mode.IsRegular():
		if err := u.directory(path.Dir(name)); err != nil {
			return err
		}
		return u.file(name, entry)
	default:
		return errNoFile
	}
}

func (u *unpacking) directory(name string) error {
	if u.made[name] {
		return nil
	}
	u.made[name] = true
	return u.root.MkdirAll(name, 0o700)
}

func (u *unpacking) file(name string, entry *zip.File) error {
	source, err := entry.Open()
	if err != nil {
		return err
	}
	defer source.Close()
	// The owner must be able to read it, whatever the archive says.
	file, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, entry.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(file, io.LimitReader(source, u.left+1))
	if u.left -= n; err == nil && u.left < 0 {
		err = errTooLarge
	}
	return errors.Join(err, file.Close())
}

func (u *unpacking) link(entry *zip.File) error {
	name := path.Clean(entry.Name)
	source, err := entry.Open()
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := io.ReadAll(io.LimitReader(source, longestLink))
	if err != nil {
		return err
	}
	if to := string(target); path.IsAbs(to) || !filepath.IsLocal(path.Join(path.Dir(name), to)) {
		return errLeaves
	}
	if err := u.directory(path.Dir(name)); err != nil {
		return err
	}
	return u.root.Symlink(string(target), name)
}

// explain says whose fault it is: the disk's or the archive's.
func (u *unpacking) explain(name string, err error) error {
	switch {
	case errors.Is(err, errTooLarge):
		return failed(worker.ResourceExhausted, "the code is larger than %d MiB once unpacked", worker.MaxCodeBytes>>20)
	case errors.Is(err, errLeaves), errors.Is(err, errNoFile), errors.Is(err, fs.ErrExist),
		errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, zip.ErrChecksum),
		errors.Is(err, io.ErrUnexpectedEOF):
		return failed(worker.Invalid, "the code holds %q: %v", name, err)
	default:
		return storing(err)
	}
}
