package bundle_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk/bundle"
)

// The judge is git itself, asked about the same patterns and paths. (Beyond
// ASCII we differ: ? is a character here, a byte there.)
func TestIgnoreAsGitDoes(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here to compare with")
	}
	patterns := []string{
		"a", "/a", "a/", "/a/", "a/b", "a/**", "**/b", "a/**/b", "**", "*", "*.log", "a*", "?", "??", "[ab]", "[!a]", "[^a]",
		"[a-c].log", "[]]", "[!]]", `\*`, `\#x`, `\!x`, "#x", "!a", "a\n!a", "*\n!b", "a/\n!a/b", "a/*\n!a/b", "/*\n!/a", "*.log\n!b.log",
		"a ", `a\ `, "a**", "**a", "a**b", "***", "a/**/**/b", "**/a/**", "b\\", "[", "[a", "/", "//", "", "   ", "a//b", "!", "**/", "/**",
	}
	paths := []string{
		"a", "b", "c", "ab", "a/b", "b/a", "a/b/c", "a/x/b", "a/x/y/b", "x/a/b", "b.log", "x/b.log", "]", "*", "#x", "!x", "a ", "a.log", "b/b",
	}
	for _, pattern := range patterns {
		repository := t.TempDir()
		git(t, repository, "", "init", "-q")
		if err := os.WriteFile(filepath.Join(repository, ".gitignore"), []byte(pattern), 0o600); err != nil {
			t.Fatal(err)
		}
		ignored := map[string]bool{}
		for line := range strings.Lines(git(t, repository, strings.Join(paths, "\x00"), "-c", "core.quotePath=false", "check-ignore", "--no-index", "-z", "--stdin")) {
			for name := range strings.SplitSeq(line, "\x00") {
				ignored[name] = true
			}
		}
		ignore := bundle.ParseIgnore(pattern)
		for _, name := range paths {
			if got := excluded(ignore, name); got != ignored[name] {
				t.Errorf("pattern %q, path %q: %v, git says %v", pattern, name, got, ignored[name])
			}
		}
	}
}

// excluded looks at the directories above too, as the packer does.
func excluded(i *bundle.Ignore, name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if i.Match(dir, true) {
			return true
		}
	}
	return i.Match(name, false)
}

func git(t *testing.T, dir, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 { // 1: nothing is ignored
		t.Fatalf("git %v: %v", args, err)
	}
	return string(out)
}

func TestIgnoreLineEnds(t *testing.T) {
	ignore := bundle.ParseIgnore("\uFEFF*.log\r\nb\r\n")
	for name, want := range map[string]bool{"x.log": true, "b": true, "c": false, "fn.toml": true, ".git": true} {
		if ignore.Match(name, false) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func FuzzIgnore(f *testing.F) {
	f.Add("a/**/b\n!c[", "a/x/b")
	f.Add("**/**/**/**/x", "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a")
	f.Fuzz(func(t *testing.T, patterns, name string) {
		before := bundle.ParseIgnore(patterns).Match(name, false)
		// A comment changes nothing, and the last rule wins.
		if bundle.ParseIgnore(patterns+"\n# x\n").Match(name, false) != before {
			t.Error("a comment changes the outcome")
		}
		if path.Base(name) == "kept" && bundle.ParseIgnore(patterns+"\n!kept\n").Match(name, false) {
			t.Error("the last rule does not win")
		}
	})
}
