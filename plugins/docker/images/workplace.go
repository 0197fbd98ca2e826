package images

import (
	"archive/tar"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/bundle"
)

var (
	//go:embed install.py
	installPy []byte
	//go:embed install.js
	installJs []byte
)

// Directories of a container that installs, all in a volume that goes with it.
const (
	buildDir = "/fn-build"
	codeDir  = buildDir + "/code"
	linksDir = buildDir + "/links"
	tmpDir   = buildDir + "/tmp"
	homeDir  = buildDir + "/home"
)

// plan is what install.py and install.js are told. It holds the environment, so
// that what is secret there is not in the engine's description of a container.
type plan struct {
	Env     map[string]string `json:"env"`
	Code    string            `json:"code"`
	Target  string            `json:"target"`
	Ways    [][]string        `json:"ways"`    // arguments of the installer, one way after the other
	Again   string            `json:"again"`   // what it prints when the next way may do better
	Missing int               `json:"missing"` // the status that says that there is no installer
}

// statusMissing tells of an image without an installer.
const statusMissing = 90

// workplace writes to dir what lies in buildDir.
func (s *Store) workplace(dir string, n requirements.Needs, target string) error {
	p := plan{
		Env: s.installerEnv(n.Language), Code: codeDir, Target: target,
		Again: requirements.NotAmongWheels, Missing: statusMissing,
	}
	program, name := installPy, "install.py"
	if n.Language == requirements.Node {
		program, name = installJs, "install.js"
		p.Ways = [][]string{n.NpmArguments()}
	} else {
		p.Ways = n.PipArguments(target)
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	code := filepath.Join(dir, "code")
	if n.Code != "" {
		if err := bundle.Unpack(n.Code, code); err != nil {
			return err
		}
	}
	for _, made := range []string{code, filepath.Join(dir, "tmp"), filepath.Join(dir, "home")} {
		if err := os.MkdirAll(made, 0o700); err != nil {
			return err
		}
	}
	own, err := bring(dir, n)
	return errors.Join(err,
		os.WriteFile(filepath.Join(code, n.File), []byte(own), 0o600),
		os.WriteFile(filepath.Join(dir, name), program, 0o600),
		os.WriteFile(filepath.Join(dir, "plan.json"), text, 0o600))
}

// bring copies what the requirements name by an absolute path of this machine,
// and returns them with the paths of the copies.
func bring(dir string, n requirements.Needs) (own string, err error) {
	links := 0
	own = n.Elsewhere(func(from string) string {
		info, statErr := os.Stat(from)
		if statErr != nil || info.IsDir() == (n.Language == requirements.Node) {
			return ""
		}
		at := strconv.Itoa(links)
		links++
		to := filepath.Join(dir, "links", at)
		if info.IsDir() {
			err = errors.Join(err, copyArchives(to, from))
			return path.Join(linksDir, at)
		}
		err = errors.Join(err, copyFile(filepath.Join(to, filepath.Base(from)), from))
		return path.Join(linksDir, at, filepath.Base(from))
	})
	if err != nil {
		return "", sdk.Errorf(sdk.Invalid, "what %s names cannot be copied: %w", n.File, err).WithHint("correct %s", n.File)
	}
	return own, nil
}

// copyArchives copies the packages of a directory; pip looks no deeper.
func copyArchives(to, from string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".whl", ".gz", ".zip", ".bz2", ".xz", ".tgz":
			if err := copyFile(filepath.Join(to, e.Name()), filepath.Join(from, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.MkdirAll(to, 0o700)
}

func copyFile(to, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, source)
	return errors.Join(err, f.Close())
}

// pack writes a directory as a tar whose files belong to root and may be read
// by all.
func pack(w io.Writer, dir string) error {
	packed := tar.NewWriter(w)
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(file, dir+string(filepath.Separator)))
		header := &tar.Header{Name: name, Mode: 0o644, Size: info.Size(), Typeflag: tar.TypeReg, ModTime: info.ModTime()}
		if info.Mode()&0o100 != 0 {
			header.Mode = 0o755
		}
		if e.IsDir() {
			header.Name, header.Size, header.Typeflag = name+"/", 0, tar.TypeDir
			return packed.WriteHeader(header)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			header.Typeflag, header.Size = tar.TypeSymlink, 0
			if header.Linkname, err = os.Readlink(file); err != nil {
				return err
			}
			return packed.WriteHeader(header)
		}
		if err := packed.WriteHeader(header); err != nil {
			return err
		}
		content, err := os.Open(file)
		if err != nil {
			return err
		}
		defer content.Close()
		_, err = io.Copy(packed, content)
		return err
	})
	return errors.Join(err, packed.Close())
}
