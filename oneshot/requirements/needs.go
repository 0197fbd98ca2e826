package requirements

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

// Needs is what a function or a runtime wants installed. The zero value is
// nothing.
type Needs struct {
	Language string
	File     string   // what the requirements are called, for people
	Text     []string // all that decides what is installed; first the content of File
	Code     string   // the packed code they were found in; none of a runtime
	Offline  bool     // wheels lie beside the code
	Lock     bool     // there is a lock file
}

// Any tells whether there is something to install.
func (n Needs) Any() bool { return n.Language != "" }

// The languages that have packages.
const (
	Python = "python"
	Node   = "node"
)

// OfRuntime is what a runtime needs.
func OfRuntime(r sdk.Runtime) (n Needs, err error) {
	wants := false
	switch r.Language {
	case Python:
		n.File, wants = "requirements.txt", len(lines(r.Requirements)) > 0
	case Node:
		n.File = "package.json"
		if r.Requirements != "" {
			wants, err = hasDependencies(r.Requirements)
		}
	}
	if !wants || err != nil {
		return Needs{}, err
	}
	n.Language, n.Text = r.Language, []string{r.Requirements}
	return n, nil
}

// OfFunction is what the code of a function needs.
func OfFunction(f sdk.Function) (Needs, error) {
	var look func(*zip.Reader) (Needs, error)
	switch f.Runtime.Language {
	case Python:
		look = pythonNeeds
	case Node:
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
	n.Code = f.Code.Path
	return n, nil
}

// Key is a name of what n becomes in a place that the texts describe.
func (n Needs) Key(place ...string) string {
	texts := append(place, fmt.Sprint(n.Offline, n.Lock))
	return n.Language + "-" + Digest(append(texts, n.Text...)...)
}

// Digest is of texts and of where each ends: 32 hexadecimal digits.
func Digest(texts ...string) string {
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
	return Digest(texts...), len(texts) == 0, nil
}
