package local

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
)

func (p *place) shelved() []string {
	trees, _ := filepath.Glob(filepath.Join(p.shelf.Dir, "*"))
	return trees
}

const writesItself = `
import os
def handler(event, context):
    before = [os.path.getsize("handler.py"), sorted(os.listdir("."))]
    with open("handler.py", "a") as f:
        f.write("# spoiled")
    open("new.txt", "w").close()
    os.rename("handler.py", "gone.py")
    return before
`

// What a call does to its code is its own affair, however it came there.
func TestUnpackedCodeIsOfOneCall(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	f := p.deployed("f", languagePython, writesItself)
	kept := p.kept("kept", writesItself, 1, nil)
	want := fmt.Sprintf(`[%d,["handler.py"]]`, len(writesItself))
	for range 3 {
		p.rested()
		for _, f := range []sdk.Function{f, kept} {
			if got := strings.ReplaceAll(p.result(f, "{}"), " ", ""); got != want {
				t.Error(f.Name, got)
			}
		}
	}
}

func TestUnpackedCodeMayBeRemoved(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, cat)
	for range 2 {
		for range 2 { // the first finds it damaged, the second another
			if got := p.result(f, "x"); got != "x" {
				t.Error(got)
			}
		}
		trees := p.shelved()
		if len(trees) != 1 {
			t.Fatal(trees)
		}
		if err := os.Remove(filepath.Join(trees[0], "run")); err != nil {
			t.Fatal(err)
		}
	}
}

// A shelf without room: the code goes to the worker packed.
func TestCodeThatIsNotKeptUnpacked(t *testing.T) {
	p := newPlace(t, "", nil)
	p.shelf.MostBytes = 1
	f := p.deployed("f", languageExec, cat)
	for range 2 {
		if got := p.result(f, "x"); got != "x" {
			t.Error(got)
		}
	}
	if left := p.shelved(); len(left) > 0 {
		t.Error(left)
	}
}

func TestChangedCodeIsRefused(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, cat)
	if got := p.result(f, "x"); got != "x" {
		t.Error(got)
	}
	file, err := os.OpenFile(f.Code.Path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Seek(40, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("changed"); err != nil {
		t.Fatal(err)
	}
	e := fails(t, p.call(t.Context(), f, "x").err, sdk.Broken, "wanted "+f.Code.Digest)
	if e.Hint != "fn update f PATH" {
		t.Error(e.Hint)
	}
}
