package deps

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/fnhost/fn/sdk"
)

// Interpreter is what packages are installed for.
type Interpreter struct {
	Path    string // absolute
	Version string
}

func (i Interpreter) String() string { return i.Path + " " + i.Version }

// Needs is what a function or a runtime wants installed. The zero value is
// nothing.
type Needs struct {
	language string
	file     string   // what the requirements are called, for people
	text     []string // all that decides what is installed
	code     string   // the packed code they were found in; none of a runtime
	offline  bool     // wheels lie beside the code
	lock     bool     // there is a lock file
}

// Any tells whether there is something to install.
func (n Needs) Any() bool { return n.language != "" }

// The languages that have packages.
const (
	python = "python"
	node   = "node"
)

// OfRuntime is what a runtime needs.
func OfRuntime(r sdk.Runtime) (n Needs, err error) {
	wants := false
	switch r.Language {
	case python:
		n.file, wants = "requirements.txt", len(requirementLines(r.Requirements)) > 0
	case node:
		n.file = "package.json"
		if r.Requirements != "" {
			wants, err = hasDependencies(r.Requirements)
		}
	}
	if !wants || err != nil {
		return Needs{}, err
	}
	n.language, n.text = r.Language, []string{r.Requirements}
	return n, nil
}

// OfFunction is what the code of a function needs.
func OfFunction(f sdk.Function) (Needs, error) {
	var look func(*zip.Reader) (Needs, error)
	switch f.Runtime.Language {
	case python:
		look = pythonNeeds
	case node:
		look = nodeNeeds
	default:
		return Needs{}, nil
	}
	z, err := zip.OpenReader(f.Code.Path)
	if err != nil {
		return Needs{}, sdk.Errorf(sdk.Invalid, "its code is damaged: %w", err).WithHint("fn update %s PATH", f.Name)
	}
	defer z.Close()
	n, err := look(&z.Reader)
	if !n.Any() || err != nil {
		return Needs{}, err
	}
	n.code = f.Code.Path
	return n, nil
}

// key is the name of what n becomes for an interpreter.
func (n Needs) key(i Interpreter) string {
	return n.language + "-" + digest(append([]string{i.String(), fmt.Sprint(n.offline, n.lock)}, n.text...)...)
}

// digest is of texts and of where each ends.
func digest(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(h, "%d:%s", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// maxText bounds, in bytes, a file that is read to know what is needed.
const maxText = 16 << 20

// textOf is the content of a file of the code; none where it is missing.
func textOf(z *zip.Reader, name string) (text string, found bool, err error) {
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		if f.UncompressedSize64 > maxText {
			return "", true, sdk.Errorf(sdk.Invalid, "%s has more than %d bytes", name, maxText)
		}
		r, err := f.Open()
		if err != nil {
			return "", true, err
		}
		defer r.Close()
		content, err := io.ReadAll(r)
		return string(content), true, err
	}
	return "", false, nil
}

// below is the digest of the files of a directory of the code, "" is all of it;
// none tells whether there are none.
func below(z *zip.Reader, dir string) (sum string, none bool, err error) {
	var texts []string
	for _, f := range z.File {
		if dir != "" && !strings.HasPrefix(f.Name, dir+"/") || strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return "", false, err
		}
		h := sha256.New()
		_, err = io.Copy(h, r)
		r.Close()
		if err != nil {
			return "", false, err
		}
		texts = append(texts, f.Name+" "+hex.EncodeToString(h.Sum(nil)))
	}
	sort.Strings(texts)
	return digest(texts...), len(texts) == 0, nil
}
