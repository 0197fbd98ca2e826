package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/fnhost/fn/sdk/fault"
)

// list finds the files to pack at place, sorted by name, and opens the directory
// that they are in. Every later access goes through that root, which no link
// leads out of.
func list(place string, o Options) ([]File, *os.Root, error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, nil, readError(place, err)
	}
	dir, single := place, ""
	if !info.IsDir() {
		// The file itself may be a link: the user named it.
		if place, err = filepath.EvalSymlinks(place); err != nil {
			return nil, nil, readError(place, err)
		}
		dir, single = filepath.Split(place)
		dir = filepath.Clean(dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, readError(place, err)
	}
	l := &lister{root: root, limits: o, dir: dir, excluded: identities(o.Exclude)}
	if single != "" {
		err = l.file(single, info)
	} else {
		err = l.directory()
	}
	if err == nil && len(l.files) == 0 {
		err = fault.New(fault.Invalid, "nothing to pack in %s", place)
	}
	if err != nil {
		root.Close()
		return nil, nil, err
	}
	sort.Slice(l.files, func(i, k int) bool { return l.files[i].Name < l.files[k].Name })
	return l.files, root, nil
}

type lister struct {
	root     *os.Root
	dir      string
	limits   Options
	ignore   *Ignore
	excluded []fs.FileInfo
	above    []fs.FileInfo // the directories being read, to notice circles
	files    []File
	bytes    int64
}

func (l *lister) directory() error {
	text, err := l.ignoreText()
	switch {
	case fault.KindOf(err) == fault.Invalid:
		return err
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return readError(IgnoreFile, err)
	}
	l.ignore = ParseIgnore(string(text))
	info, err := l.root.Stat(".")
	if err != nil {
		return readError(l.dir, err)
	}
	return l.walk("", info)
}

// ignoreText reads the ignore file. To open a pipe would wait for its writer.
func (l *lister) ignoreText() ([]byte, error) {
	info, err := l.root.Stat(IgnoreFile)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "pack: %s is not a regular file", filepath.Join(l.dir, IgnoreFile))
	}
	return l.root.ReadFile(IgnoreFile)
}

func (l *lister) walk(name string, info fs.FileInfo) error {
	for _, dir := range l.above {
		if os.SameFile(dir, info) {
			return fault.New(fault.Invalid, "pack: the link %s leads back to a directory above it", name).
				WithHint("echo '/%s' >> %s", name, filepath.Join(l.dir, IgnoreFile))
		}
	}
	l.above = append(l.above, info)
	defer func() { l.above = l.above[:len(l.above)-1] }()

	entries, err := fs.ReadDir(l.root.FS(), path.Join(".", name))
	if err != nil {
		return readError(name, err)
	}
	for _, entry := range entries {
		if err := l.entry(path.Join(name, entry.Name()), entry); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) entry(name string, entry fs.DirEntry) error {
	if l.ignore.Match(name, entry.IsDir()) || l.excludes(name) {
		return nil
	}
	info, err := l.root.Stat(filepath.FromSlash(name)) // through links, within the root
	if entry.Type()&fs.ModeSymlink != 0 {
		if err != nil {
			return l.badLink(name, err)
		}
		if info.IsDir() && l.ignore.Match(name, true) {
			return nil
		}
	}
	switch {
	case err != nil:
		return readError(name, err)
	case info.IsDir():
		return l.walk(name, info)
	default:
		return l.file(name, info)
	}
}

func (l *lister) file(name string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return l.refuse(name, "%s is neither a file nor a directory", name)
	}
	if strings.Contains(name, `\`) || !utf8.ValidString(name) {
		return l.refuse(name, "the name %q cannot be packed: it is not UTF-8 or contains a backslash", name)
	}
	l.files = append(l.files, File{Name: name, Mode: mode(info), Size: info.Size()})
	if len(l.files) > l.limits.MaxFiles {
		return fault.New(fault.ResourceExhausted, "the code has more than %d files", l.limits.MaxFiles).
			WithHint("leave out what the function does not need: add it to %s", IgnoreFile)
	}
	if l.bytes += info.Size(); l.bytes > l.limits.MaxBytes {
		return tooLarge(l.limits.MaxBytes)
	}
	return nil
}

func (l *lister) badLink(name string, err error) error {
	target, _ := l.root.Readlink(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return l.refuse(name, "the link %s points to nothing (%s)", name, target)
	}
	if errors.Is(err, syscall.ELOOP) {
		return l.refuse(name, "the link %s leads back to itself (by way of %s)", name, target)
	}
	refused := l.refuse(name, "the link %s leads out of %s (to %s)", name, l.dir, l.end(name, target))
	var e *fault.Error
	if dir := path.Dir(name); errors.As(refused, &e) && strings.Split(name, "/")[0] == "node_modules" && !filepath.IsAbs(target) {
		// npm links to packages of other directories; it can copy them as well.
		return e.WithHint("cd %s && npm install --install-links %s", l.dir, path.Join(dir, filepath.ToSlash(target)))
	}
	return refused
}

// end is where a link leads once every further link is followed; target, what it
// says itself, where that cannot be told.
func (l *lister) end(name, target string) string {
	end, err := filepath.EvalSymlinks(filepath.Join(l.dir, filepath.FromSlash(name)))
	if err != nil {
		return target
	}
	return end
}

func (l *lister) refuse(name, format string, args ...any) error {
	return fault.New(fault.Invalid, "pack: "+format, args...).
		WithHint("echo '/%s' >> %s", name, filepath.Join(l.dir, IgnoreFile))
}
