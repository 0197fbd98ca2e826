//go:build unix

package host

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A plugin sees what its component's list lets through of the caller's
// environment, and nothing of the host's.
func TestEnvironmentOfPlugins(t *testing.T) {
	t.Setenv("HOST_SECRET", "the host's own")
	l := newLab(t)
	l.plugin("asks", "wants=COLOUR AWS_*")
	l.plugin("listed", "wants=COLOUR AWS_*")
	l.plugin("nothing", "wants=COLOUR AWS_*")
	l.manifest("[asks]\n[listed]\nenv = [\"SHAPE\", \"PATH\"]\n[nothing]\nenv = []\n")
	l.open()
	l.function("environment")
	env := []string{"COLOUR=red", "COLOURS=many", "AWS_PROFILE=work", "AWS_=x", "SHAPE=round", "FN_HOME=/x"}
	for component, want := range map[string][]string{
		"asks":    {"AWS_=x", "AWS_PROFILE=work", "COLOUR=red"},
		"listed":  {"SHAPE=round"},
		"nothing": nil,
	} {
		r := l.run("environment", component, env...)
		l.ok(r, component)
		// What the shell, the script and go-plugin add is not the caller's.
		var got []string
		for _, entry := range strings.Split(r.result, "\n") {
			name, _, _ := strings.Cut(entry, "=")
			if slices.Contains([]string{"COLOUR", "COLOURS", "SHAPE", "HOST_SECRET", "FN_HOME", "HOME"}, name) || strings.HasPrefix(name, "AWS_") {
				got = append(got, entry)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s sees %q, want %q", component, got, want)
		}
		if strings.Contains(r.result, "the host's own") {
			t.Errorf("%s sees the host's environment", component)
		}
		if os.Getenv("PATH") != "" && component == "listed" != strings.Contains(r.result, "PATH="+os.Getenv("PATH")) {
			t.Errorf("%s: PATH in %q", component, r.result)
		}
	}
}

// A plugin's standard input is a pipe that nobody writes to: its end is the
// host's.
func TestStdinOfPlugins(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	l.function("stdin")
	r := l.run("stdin", "")
	l.ok(r, "only")
	if r.result != fs.ModeNamedPipe.String() {
		t.Errorf("it is %q", r.result)
	}
}

// Another environment is another process, unless what differs cannot be seen.
func TestEachEnvironmentHasItsProcess(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only", "wants=PROFILE")
	l.manifest("[only]\n")
	l.open()
	var clock time.Time
	now := func() time.Time { return clock }
	clock = time.Now()
	l.host.processes.opts.now = now
	l.function("environment")

	configured := func() int { return p.count("configure") } // not those that only describe themselves
	sees := func(profile string) {
		t.Helper()
		r := l.run("environment", "", "PROFILE="+profile, "OTHER="+time.Now().String())
		l.ok(r, "only")
		if !slices.Contains(strings.Split(r.result, "\n"), "PROFILE="+profile) {
			t.Errorf("with %s it sees %q", profile, r.result)
		}
	}
	for _, profile := range []string{"home", "work", "home", "work", "home"} {
		sees(profile)
	}
	if n := configured(); n != 2 {
		t.Errorf("%d processes for two environments", n)
	}
	if n := len(l.host.processes.running()); n != 2 {
		t.Errorf("%d processes are up", n)
	}
	// Each was validated for itself.
	if n := p.count("validate"); n != 2 {
		t.Errorf("%d validations", n)
	}

	// The one that nobody uses any more ends; the newest stays, however idle.
	clock = clock.Add(unusedAfter - time.Second)
	l.host.processes.reap()
	if n := len(l.host.processes.running()); n != 2 {
		t.Errorf("%d processes are up, too early", n)
	}
	clock = clock.Add(time.Hour)
	l.host.processes.reap()
	if n := len(l.host.processes.running()); n != 1 {
		t.Errorf("%d processes are up", n)
	}
	sees("home")
	if n := configured(); n != 2 {
		t.Errorf("the newest was started again")
	}
	sees("work")
	if n := configured(); n != 3 {
		t.Errorf("%d processes in all", n)
	}
}

// Values of the environment and of secrets are nowhere on disk, nor in the log.
func TestNothingOfTheEnvironmentIsKept(t *testing.T) {
	t.Parallel()
	const visible, hidden, secret, inFile = "visible-6c1f", "hidden-90ab", "secret-77de", "infile-31c0"
	l := newLab(t)
	l.plugin("only", "wants=VISIBLE")
	l.plugin("down", "wants=VISIBLE", "down=no engine")
	l.plugin("odd", "wants=VISIBLE").write("exit 3")
	l.manifest("[only]\n[down]\n[odd]\n")
	l.open()
	key := filepath.Join(l.code("secrets", ""), "key") // beside the code, and no part of it
	must(t, os.WriteFile(key, []byte(inFile+"\n"), 0o600), "")
	l.functionWith("secrets", "[secrets]\nTOKEN = { env = \"MY_TOKEN\" }\nKEY = { file = \"key\" }\n")
	env := []string{"VISIBLE=" + visible, "HIDDEN=" + hidden, "MY_TOKEN=" + secret}
	r := l.run("secrets", "only", env...)
	l.ok(r, "only")
	if want := `{"KEY":"` + inFile + `","TOKEN":"` + secret + `"}` + "\n"; r.result != want {
		t.Errorf("the secrets are %s", r.result)
	}
	l.function("raises")
	for _, name := range []string{"raises", "secrets", "nobody"} {
		for _, on := range []string{"", "only", "down", "odd"} {
			l.run(name, on, env...)
		}
	}
	l.components(env...)
	l.host.awaitRecords()
	for _, value := range []string{visible, hidden, secret, inFile} {
		if strings.Contains(l.log.String(), value) {
			t.Errorf("%s is in the log", value)
		}
	}
	l.close()
	scanned := 0
	must(t, filepath.WalkDir(l.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text := contents(t, path)
		scanned++
		for _, value := range []string{visible, hidden, secret, inFile} {
			if bytes.Contains(text, []byte(value)) {
				t.Errorf("%s is in %s", value, path)
			}
		}
		return nil
	}), "")
	if scanned < 5 { // manifest, database, components.json, host.id, a bundle
		t.Errorf("only %d files", scanned)
	}
}

// contents is a file as it is or, of a bundle, all that was packed.
func contents(t *testing.T, path string) (text []byte) {
	t.Helper()
	if filepath.Ext(path) != ".zip" {
		text, err := os.ReadFile(path)
		must(t, err, "")
		return text
	}
	packed, err := zip.OpenReader(path)
	must(t, err, "")
	defer packed.Close()
	for _, f := range packed.File {
		file, err := f.Open()
		must(t, err, "")
		part, err := io.ReadAll(file)
		must(t, err, "")
		text = append(text, part...)
	}
	return text
}

// A secret that cannot be had ends the call before any component hears of it.
func TestMissingSecret(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	l.functionWith("secrets", "[secrets]\nTOKEN = { env = \"MY_TOKEN\" }\n")
	l.failed(l.run("secrets", ""), "Invalid", "secret TOKEN: MY_TOKEN is not set in your environment", "export MY_TOKEN=")
	if n := p.count("run") + p.count("deploy"); n != 0 {
		t.Errorf("it was called %d times", n)
	}
	l.ok(l.run("secrets", "", "MY_TOKEN="), "only")
}
