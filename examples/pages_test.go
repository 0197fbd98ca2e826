//go:build unix

package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// onDocker is the part of the README that needs an engine.
var onDocker = regexp.MustCompile("(?ms)^### On Docker\n.*?^## ")

// What the README types works when typed in a clone, and shows what it says; on
// Docker where there is an engine.
func TestTourOfReadme(t *testing.T) {
	needs(t, "python3", "python")
	text := read(t, "../README.md")
	env := []string{}
	if image, ok := testImage(t, "python"); ok {
		manifest := filepath.Join(t.TempDir(), "plugins.toml")
		names := fmt.Sprintf("[local]\n[docker]\n[docker.config]\nimages = { python = %q }\n", image)
		if err := os.WriteFile(manifest, []byte(names), 0o600); err != nil {
			t.Fatal(err)
		}
		text = strings.ReplaceAll(text, "python:3.13-slim", image)
		env = append(env, "FN_MANIFEST="+manifest)
	} else if text = onDocker.ReplaceAllString(text, "## "); strings.Contains(text, "--on docker") {
		t.Error("the README needs an engine elsewhere")
	}
	clone := t.TempDir()
	if err := os.CopyFS(filepath.Join(clone, "examples"), os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(executables(t), filepath.Join(clone, "bin")); err != nil {
		t.Fatal(err)
	}
	typePage(t, text, clone, env...)
}

// So does what the page for the authors of components types, in this one.
func TestWritingAComponent(t *testing.T) {
	needs(t, "timeout", "")
	clone, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	env := append(goCaches(t), "HOME="+t.TempDir(), "PATH="+executables(t)+":"+os.Getenv("PATH"))
	typePage(t, read(t, "../docs/writing-a-component.md"), clone, env...)
}

// goCaches are where Go has what it downloaded and built, which it looks for in
// the home directory.
func goCaches(t *testing.T) []string {
	t.Helper()
	var env []string
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatalf("go env %s: %v", name, err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	return env
}

func executables(t *testing.T) string {
	t.Helper()
	bin := os.Getenv("FN_TEST_BIN")
	if bin == "" {
		t.Skip("FN_TEST_BIN names no directory of executables; tools/test does")
	}
	return bin
}

// needs skips a test where a program is missing, unless it is required.
func needs(t *testing.T, program, requirement string) {
	t.Helper()
	if err := exec.Command(program, "--version").Run(); err == nil {
		return
	}
	if requirement != "" && strings.Contains(os.Getenv("FN_TEST_REQUIRE"), requirement) {
		t.Fatalf("there is no %s, and %s is required", program, requirement)
	}
	t.Skipf("there is no %s on this machine", program)
}

// testImage is an image of the machine's engine with the program of a language;
// false where there is no engine and none is required.
func testImage(t *testing.T, language string) (ref string, ok bool) {
	t.Helper()
	cmd := exec.Command(filepath.Join(executables(t), "fn-test-image"), language)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil && strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "docker") {
		t.Fatalf("docker is required, and there is no image for %s: %v\n%s", language, err, said.String())
	}
	return strings.TrimSpace(string(out)), err == nil
}

// settle waits, half a minute at most, until every worker that is wanted waits.
const settle = `settle() {
	n=0
	while [ $n -lt 300 ] && fn pool --json | awk '
		/"warm":/ { warm = $2 + 0 }
		/"want":/ && $2 + 0 > warm || /"(starting|running)": [1-9]/ { busy = 1 }
		END { exit !busy }'; do
		sleep 0.1; n=$((n + 1))
	done
}
`

// entry is one command of a page and what it is said to show.
type entry struct{ command, shows string }

// entries are the commands of a page's console blocks. Its toml blocks belong
// into the manifest.
func entries(text string) []entry {
	var all []entry
	for _, block := range regexp.MustCompile("(?ms)^```(console|toml)\n(.*?)^```").FindAllStringSubmatch(text, -1) {
		if block[1] == "toml" {
			all = append(all, entry{command: "cat >>\"$FN_HOME/config/plugins.toml\" <<'END'\n" + block[2] + "END"})
			continue
		}
		for _, text := range strings.Split("\n"+block[2], "\n$ ")[1:] {
			command, shows, _ := strings.Cut(text, "\n")
			all = append(all, entry{command, shows})
		}
	}
	return all
}

func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// typePage types the commands of a page's text into one shell, in a home that is
// thrown away, and compares.
func typePage(t *testing.T, text, dir string, env ...string) {
	t.Helper()
	all := entries(text)
	if len(all) == 0 {
		t.Fatal("the page types nothing")
	}
	heard := t.TempDir()
	env = slices.Concat(os.Environ(), env, []string{"FN_HOME=" + t.TempDir()})
	t.Cleanup(func() {
		stop := exec.Command(filepath.Join(executables(t), "fn"), "host", "stop", "--now")
		stop.Env = env
		if out, err := stop.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	script := strings.Builder{}
	script.WriteString(settle)
	for i, e := range all {
		if e.command == "fn pool" {
			script.WriteString("settle\n")
		}
		fmt.Fprintf(&script, "{ %s\n} >'%s/%d.out' 2>'%[2]s/%[3]d.err'\n", e.command, heard, i)
	}
	shell := exec.Command("sh", "-c", script.String())
	shell.Dir, shell.Env = dir, env
	if out, err := shell.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("the shell: %v\n%s", err, out)
	}
	for i, e := range all {
		stdout, stderr := hear(t, heard, i, "out"), hear(t, heard, i, "err")
		// Which of the two a terminal shows first is not promised.
		shows := pattern(e.shows)
		if !shows.MatchString(stderr+stdout) && !shows.MatchString(stdout+stderr) {
			t.Errorf("$ %s\nshows\n%s%s\nand is said to show\n%s", e.command, stderr, stdout, e.shows)
		}
	}
}

func hear(t *testing.T, dir string, i int, stream string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.%s", i, stream)))
	if err != nil {
		t.Fatal(err)
	}
	return aligned(downloads.ReplaceAllString(string(text), ""))
}

// downloads are what go says where a module was never needed before.
var downloads = regexp.MustCompile(`(?m)^go: downloading .*\n`)

// measured is what differs from one time to the next: ids, digests, ages, times,
// rates, and whether a call found a worker waiting.
var measured = regexp.MustCompile(`\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12}|now|\d+[smhd] ago|\d+(?:\.\d+)? (?:ms|%)|cold|warm)`)

// aligned is text without what was measured or only aligns it, line by line.
func aligned(text string) string {
	text = measured.ReplaceAllString(text, "…")
	var lines strings.Builder
	for line := range strings.Lines(text) {
		lines.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return lines.String()
}

// pattern matches what a page shows: "…" alone on a line stands for any lines,
// elsewhere for any text.
func pattern(shown string) *regexp.Regexp {
	var expr strings.Builder
	for line := range strings.Lines(aligned(shown)) {
		if line == "…\n" {
			expr.WriteString(`(?:.*\n)*`)
			continue
		}
		expr.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
	}
	return regexp.MustCompile(`^` + expr.String() + `$`)
}
