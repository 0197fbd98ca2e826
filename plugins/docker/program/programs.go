package program

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// programs are the files of a volume, sorted by name.
type programs struct {
	files  []file
	digest string // of them and their architecture, hex
}

// mode is that of every program.
const mode = 0o755

type file struct {
	name    string
	content []byte
}

func read(paths map[string]string, arch string) (programs, error) {
	p := programs{}
	hash := sha256.New()
	fmt.Fprintf(hash, "linux/%s\n", arch)
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		content, err := os.ReadFile(paths[name])
		if err != nil {
			return p, err
		}
		fmt.Fprintf(hash, "%q %x\n", name, sha256.Sum256(content))
		p.files = append(p.files, file{name, content})
	}
	p.digest = hex.EncodeToString(hash.Sum(nil)[:16])
	return p, nil
}

// pack returns a tar of the programs, everybody's to execute.
func (p programs) pack() (*bytes.Buffer, error) {
	var files []tarFile
	for _, f := range p.files {
		files = append(files, tarFile{f.name, mode, f.content})
	}
	return pack(files...)
}

// compare reads a tar of a directory with the programs.
func (p programs) compare(packed io.Reader) error {
	found := 0
	for r := tar.NewReader(packed); ; {
		header, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(p.files, func(f file) bool { return header.FileInfo().Name() == f.name })
		if at < 0 || !bytes.Equal(content, p.files[at].content) {
			return fmt.Errorf("%s is not as it was written", header.Name)
		}
		found++
	}
	if found != len(p.files) {
		return fmt.Errorf("%d of %d programs are there", found, len(p.files))
	}
	return nil
}
