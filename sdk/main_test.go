package sdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/internal/subprocess"
)

// The test binary is the plugin when this is set.
const asPlugin = "SDK_TEST_PLUGIN"

// A race detector that found nothing need not wait at exit.
var pluginEnv = []string{asPlugin + "=1", "GORACE=atexit_sleep_ms=0"}

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		sdk.Main(&toy{})
	}
	os.Exit(m.Run())
}

// toy is a component with one setting, the path of a file that Close makes.
type toy struct {
	Farewell string `json:"farewell"`
	Ready    *bool  `json:"ready"`
}

func (*toy) Describe() sdk.Description {
	return sdk.Description{Name: "toy", Version: "1.0", Summary: "for tests", Limits: sdk.Limits{
		Languages: []sdk.Language{{Name: "exec"}}, Logs: sdk.LogsNone,
	}}
}

func (c *toy) Configure(_ context.Context, config sdk.Config) error { return config.Decode(c) }

func (c *toy) Validate(ctx context.Context) (sdk.Validation, error) {
	check := sdk.Check{Name: "shelf", State: sdk.CheckOK, Found: "20.10", Minimum: "9"}
	if c.Ready != nil && !*c.Ready {
		check.State, check.Message, check.Hint = sdk.CheckFailed, "it fell down", "apt install shelf"
	}
	return sdk.Validation{Checks: []sdk.Check{check}}, nil
}

func (*toy) Deploy(context.Context, sdk.Function, sdk.Progress) (string, error) { return "", nil }

func (*toy) Run(context.Context, sdk.Invocation, sdk.Output) (sdk.Report, error) {
	panic("the toy broke")
}

func (*toy) Stop(context.Context, string) error { return nil }

func (*toy) Status(context.Context, ...string) ([]sdk.FunctionStatus, error) { return nil, nil }

func (c *toy) Close() error {
	if c.Farewell == "" {
		return nil
	}
	return os.WriteFile(c.Farewell, []byte("bye"), 0o600)
}

// ask runs the plugin as a person would.
func ask(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), pluginEnv...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestCommands(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte(`{"ready": false}`), 0o600); err != nil {
		t.Fatal(err)
	}
	typo := filepath.Join(t.TempDir(), "typo.json")
	if err := os.WriteFile(typo, []byte(`{"farewel": "x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args           string
		code           int
		stdout, stderr string // parts of
	}{
		{"", 2, "", "fn plugins add toy"},
		{"--help", 0, "fn plugins add toy", ""},
		{"version", 0, "1.0\n", ""},
		{"describe", 0, "deploy, run, stop, status", ""},
		{"describe --nonsense", 2, "", "nonsense"},
		{"describ", 2, "", `did you mean "describe"?`},
		{"serve", 2, "", "fn plugins add toy"},
		{"validate", 0, "ok       shelf 20.10 (at least 9)\n", ""},
		{"validate --config " + broken, 4, "apt install shelf", ""},
		{"validate --config " + typo, 2, "", `did you mean "farewell"?`},
		{"validate --config " + typo + "x", 2, "", "typo.jsonx"},
	} {
		stdout, stderr, code := ask(t, strings.Fields(test.args)...)
		if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%s: exit %d, wanted %d\nstdout: %sstderr: %s", test.args, code, test.code, stdout, stderr)
		}
	}
}

func TestCommandsAsJSON(t *testing.T) {
	stdout, _, _ := ask(t, "describe", "--json")
	var described struct {
		Name     string
		Provides []string
		Limits   struct{ Logs string }
	}
	if err := json.Unmarshal([]byte(stdout), &described); err != nil {
		t.Fatal(err)
	}
	if described.Name != "toy" || len(described.Provides) != 4 || described.Limits.Logs != "none" {
		t.Errorf("describe --json: %s", stdout)
	}
	stdout, _, _ = ask(t, "validate", "--json")
	var validated struct {
		Ready  bool
		Checks []sdk.Check
	}
	if err := json.Unmarshal([]byte(stdout), &validated); err != nil {
		t.Fatal(err)
	}
	if !validated.Ready || len(validated.Checks) != 1 || validated.Checks[0].Name != "shelf" {
		t.Errorf("validate --json: %s", stdout)
	}
}

// start starts the plugin as a host would. Its farewell is a file's path.
func start(t *testing.T) (p *subprocess.Plugin, farewell string) {
	t.Helper()
	p, err := subprocess.Start(os.Args[0], pluginEnv, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	farewell = filepath.Join(t.TempDir(), "farewell")
	settings, _ := json.Marshal(toy{Farewell: farewell})
	if err := p.Configure(t.Context(), sdk.Config{Component: "toy", Settings: settings}); err != nil {
		t.Fatal(err)
	}
	return p, farewell
}

func TestServedPluginClosesItsComponent(t *testing.T) {
	for name, end := range map[string]func(*subprocess.Plugin) error{
		"the host is gone": (*subprocess.Plugin).CloseStdin,
		"the host asks":    func(p *subprocess.Plugin) error { p.Stop(); return nil },
		"SIGTERM":          func(p *subprocess.Plugin) error { return terminate(p.Process()) },
	} {
		t.Run(name, func(t *testing.T) {
			p, farewell := start(t)
			if err := end(p); err != nil {
				t.Skip(err)
			}
			<-p.Ended()
			if _, err := os.Stat(farewell); err != nil {
				t.Errorf("the component was not closed: %v", err)
			}
			if !p.State().Success() {
				t.Errorf("it ended with %v", p.State())
			}
		})
	}
}

func TestServedPluginIgnoresInterrupt(t *testing.T) {
	p, _ := start(t)
	if err := p.Process().Signal(os.Interrupt); err != nil {
		t.Skip(err)
	}
	if _, err := p.Validate(t.Context()); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
}

func TestPanicIsBroken(t *testing.T) {
	p, _ := start(t)
	_, err := p.Run(t.Context(), sdk.Invocation{}, nil)
	if sdk.KindOf(err) != sdk.Broken {
		t.Errorf("a panic in Run is %s: %v", sdk.KindOf(err), err)
	}
	<-p.Ended()
	if _, err := p.Validate(t.Context()); sdk.KindOf(err) != sdk.Broken {
		t.Errorf("a dead plugin is %s: %v", sdk.KindOf(err), err)
	}
}
