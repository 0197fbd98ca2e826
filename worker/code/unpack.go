package code

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

// Unpack fills the empty directory dir with at most so many bytes, of a zip of
// size bytes. One of 0 bytes is empty code.
func Unpack(content io.ReaderAt, size int64, dir string, most int64) (*Tree, error) {
	tree := &Tree{dir: dir}
	if size == 0 {
		return tree, nil
	}
	archive, err := zip.NewReader(content, size)
	if err != nil {
		return nil, failed(worker.Invalid, "the code is no zip archive: %v", err)
	}
	if len(archive.File) > worker.MaxCodeFiles {
		return nil, failed(worker.ResourceExhausted, "the code has %d files, at most %d are taken", len(archive.File), worker.MaxCodeFiles)
	}
	var claimed uint64
	for _, entry := range archive.File {
		if claimed += entry.UncompressedSize64; claimed > uint64(most) || entry.UncompressedSize64 > uint64(most) {
			return nil, tooLarge(most)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, Storing(err)
	}
	defer root.Close()
	u := unpacking{root: root, made: map[string]bool{".": true}, most: most, tree: tree}
	for _, entry := range archive.File {
		if err := u.add(entry); err != nil {
			return nil, u.explain(entry.Name, err)
		}
	}
	// Links come last, so that nothing is written through one.
	for _, entry := range u.links {
		if err := u.link(entry); err != nil {
			return nil, u.explain(entry.Name, err)
		}
	}
	return tree, nil
}

// unpacking is one archive on its way into root, which no path can leave.
type unpacking struct {
	root  *os.Root
	made  map[string]bool // directories that exist
	most  int64           // bytes that may be written
	links []*zip.File
	tree  *Tree
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
	u.tree.items = append(u.tree.items, item{name: name, mode: fs.ModeDir})
	return u.root.MkdirAll(name, dirMode)
}

func (u *unpacking) file(name string, entry *zip.File) error {
	source, err := entry.Open()
	if err != nil {
		return err
	}
	defer source.Close()
	// The owner must be able to read it, whatever the archive says.
	mode := entry.Mode().Perm() | 0o600
	file, err := u.root.OpenFile(name, newFile, mode)
	if err != nil {
		return err
	}
	n, err := io.Copy(file, io.LimitReader(source, u.most-u.tree.bytes+1))
	if u.tree.bytes += n; err == nil && u.tree.bytes > u.most {
		err = errTooLarge
	}
	u.tree.items = append(u.tree.items, item{name: name, mode: mode, size: n})
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
	u.tree.items = append(u.tree.items, item{name: name, mode: fs.ModeSymlink, target: string(target)})
	return u.root.Symlink(string(target), name)
}

func tooLarge(most int64) error {
	return failed(worker.ResourceExhausted, "the code is larger than %d MiB once unpacked", most>>20)
}

// explain says whose fault it is: the disk's or the archive's.
func (u *unpacking) explain(name string, err error) error {
	switch {
	case errors.Is(err, errTooLarge):
		return tooLarge(u.most)
	case errors.Is(err, errLeaves), errors.Is(err, errNoFile), errors.Is(err, fs.ErrExist),
		errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, zip.ErrChecksum),
		errors.Is(err, io.ErrUnexpectedEOF):
		return failed(worker.Invalid, "the code holds %q: %v", name, err)
	default:
		return Storing(err)
	}
}
