package tomlfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
)

func parse(t *testing.T, text string) *Table {
	t.Helper()
	table, err := Parse("f.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestValues(t *testing.T) {
	root := parse(t, `
s = "text"
i = 3
f = 1.5
list = ["a", "b"]
none = []
[t]
b = true
[t.u]
days = [2020-01-02, 2020-01-02T03:04:05Z, {time = 03:04:05.5}, 2020-01-02T03:04:05]
`)
	got := []any{root.String("s"), root.Float("i"), root.Int("i"), root.Float("f"), root.Strings("list"), root.Strings("none"), root.Strings("missing"), string(root.Object("t"))}
	want := []any{"text", 3.0, 3, 1.5, []string{"a", "b"}, []string{}, []string(nil), `{"b":true,"u":{"days":["2020-01-02","2020-01-02T03:04:05Z",{"time":"03:04:05.5"},"2020-01-02T03:04:05"]}}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"s", "i", "f", "list", "none", "t"}, root.Keys()); diff != "" {
		t.Error(diff)
	}
	if err := root.Err(); err != nil {
		t.Error(err)
	}
}

func TestLines(t *testing.T) {
	root := parse(t, "a.b.c = 1\n\nlist = [\n 1,\n 2]\n\n[t]\nk = { x = 1 }\n[t.u]\n[[t.w]]\n[[t.w]]\n")
	table := root.Table("t")
	got := []int{root.Line("a"), root.Line("list"), root.Line("t"), table.Line("k"), table.Line("u"), root.Line("missing")}
	if want := []int{1, 3, 7, 8, 9, 0}; !slices.Equal(got, want) {
		t.Errorf("lines %v, want %v", got, want)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "ok = 1\n= 2", "f.toml:2: "},
		{"end of a line", "\n[t\ni = 1", "f.toml:2: "},
		{"twice", "s = 'a'\ns = 'b'", "f.toml:2: Key 's' has already been defined."},
		{"unknown", "s = 'a'\nstrng = 1", `f.toml:2: unknown key "strng"; known are s, i, l, t`},
		{"typo", "\n[t]\n[t.inner]\nnaem = 1", `f.toml:4: unknown key "t.inner.naem"; did you mean "name"?`},
		{"string", "s = 1", "f.toml:1: s must be a string, not an integer"},
		{"number", "i = 'x'", "f.toml:1: i must be a number, not a string"},
		{"list", "l = 'x'", "f.toml:1: l must be a list of strings, not a string"},
		{"mixed list", "l = ['x', 1]", "f.toml:1: l must be a list of strings; one of them is an integer"},
		{"table", "t = 2020-01-01", "f.toml:1: t must be a table, not a date or time"},
		{"tables", "[[t]]", "f.toml:1: t must be a table, not a list of tables"},
		{"no JSON", "t.x = inf", "f.toml:1: t: unsupported value: +Inf"},
		{"deep lists", "\n[t]\na = " + deep("[", 500_000), "f.toml:3: there are more than 32 tables, lists and parts of a dotted key within each other"},
		{"deep lists on many lines", "[t]\na = " + deep("[\n", 500_000), "f.toml:34: there are more than 32"},
		{"deep tables", "\nt.a = " + deep("{a=", 200_000), "f.toml:2: there are more than 32"},
		{"a key of many parts", "\nt" + deep(" . 'a'", 100_000) + " = 1", "f.toml:2: there are more than 32"},
		{"a header of many parts", "\n[[t" + deep(".a", 200_000) + "]]", "f.toml:2: there are more than 32"},
		{"many parts in a table", "t = [{a=1}, {a" + deep(".a", 33) + " = 1}]", "f.toml:1: there are more than 32"},
		{"deep together", "[t" + deep(".a", 20) + "]\na" + deep(".a", 20) + " = 1", "f.toml:1: t: there are more than 32"},
		{"a long key", deep("k", 500_000) + " = 1", `f.toml:1: unknown key "kkk`},
		{"a long number", "i = " + deep("1", 500_000), "f.toml:1: 111"},
		{"the first counts", "i = 1\nzzz = 1\ns = 1", `f.toml:2: unknown key "zzz"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := read("f.toml", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("got %v, want %s…", err, c.want)
			}
			if len(err.Error()) > maxMessage+100 {
				t.Errorf("%d bytes", len(err.Error()))
			}
			if hint := fault.From(err).Hint; !strings.HasPrefix(hint, "edit f.toml, line ") {
				t.Errorf("hint %q", hint)
			}
		})
	}
}

// read reads a made-up file as the packages that use this one do.
func read(file string, text []byte) error {
	root, err := Parse(file, text)
	if err != nil {
		return err
	}
	root.Only("s", "i", "l", "t")
	root.String("s")
	root.Float("i")
	root.Strings("l")
	root.Object("t")
	if table := root.Table("t"); table != nil {
		if inner := table.Table("inner"); table.Has("inner") && inner != nil {
			inner.Only("name")
		}
	}
	return root.Err()
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Read(dir); fault.KindOf(err) != fault.Invalid {
		t.Errorf("directory: %v", err)
	}
	device := filepath.Join(dir, "device")
	if err := os.Symlink(os.DevNull, device); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(device); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("device: %v", err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, make([]byte, MaxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(large); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "larger") || fault.From(err).Hint != "edit "+large {
		t.Errorf("large file: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "s = 'x'", "a.b = 1", "[t]\ninner = {name = 1}", "l = [[1]]", "\xff", "\r\n#", "[[t.x]]\n[t.x.y]", `"" = 1`, "t = [{a = 1}, {a = 2}]", "s = '''a'''' # ]", "s = \"\"\"\\\"\"\"\"\"", "a .\"b.c\". 'd' = [1.5, {}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := read("f.toml", text); err != nil && (fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(err.Error(), "f.toml:")) {
			t.Errorf("%q: %v", text, err)
		}
		if meta, err := toml.Decode(string(text), new(any)); err == nil {
			bounded(t, string(text), meta)
		}
	})
}
