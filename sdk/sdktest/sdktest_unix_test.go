//go:build unix

package sdktest_test

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/sdktest"
)

const (
	asPlugin  = "SDKTEST_PLUGIN" // the test binary is the reference component's plugin
	withFault = "SDKTEST_FAULT"  // TestReference is run with this fault
)

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		sdk.Main(&reference{})
	}
	os.Exit(m.Run())
}

// TestReference passes; TestEveryFaultIsCaught runs it again with faults.
func TestReference(t *testing.T) {
	fault := os.Getenv(withFault)
	patience := 30 * time.Second
	if fault != "" {
		patience = 3 * time.Second // each fault that hangs takes that long
	}
	sdktest.Run(t, sdktest.Subject{
		New:      func(testing.TB) sdk.Component { return &reference{fault: fault} },
		Settings: settings{Name: "x"},
		Patience: patience,
	})
}

func TestReferenceWithLimits(t *testing.T) {
	sdktest.Run(t, sdktest.Subject{New: func(testing.TB) sdk.Component { return &reference{fault: "limited"} }})
}

func TestReferenceAsExecutable(t *testing.T) {
	sdktest.Run(t, sdktest.Subject{Executable: os.Args[0], Env: []string{asPlugin + "=1", "GORACE=atexit_sleep_ms=0"}})
}

// A suite that cannot fail proves nothing: each fault must fail its check, with
// a sentence of the contract.
func TestEveryFaultIsCaught(t *testing.T) {
	if os.Getenv(withFault) != "" {
		t.Skip("this is one of the runs")
	}
	tests := []struct{ fault, check string }{
		{"describe", "describe"},
		{"settings", "settings"},
		{"validate", "validate"},
		{"not ready", "validate"},
		{"pool", "pool"},
		{"unknown", "exec/unknown"},
		{"deploy twice", "exec/life"},
		{"stop twice", "exec/life"},
		{"forgets stop", "exec/life"},
		{"versions", "exec/versions"},
		{"missing-handler", "exec/missing-handler"},
		{"result", "exec/result"},
		{"log is result", "exec/log"},
		{"late log", "exec/log"},
		{"environment", "exec/environment"},
		{"together", "exec/together"},
		{"failed", "exec/failed"},
		{"timeout", "exec/timeout"},
		{"leaves a process", "exec/cancel"},
		{"ignores cancel", "exec/cancel"},
		{"event over the limit", "exec/largest-event"},
		{"result over the limit", "exec/largest-result"},
		{"stream", "exec/stream"},
		{"any image", "exec/images"},
		{"collects what is used", "exec/collect"},
		{"collects again", "exec/collect"},
		{"largest-bundle", "exec/largest-bundle"},
		{"remove", "exec/remove"},
		{"logs", "exec/logs"},
		{"prepare twice", "exec/prepare"},
		{"prepare anything", "exec/prepare"},
		{"watches once", "exec/watch"},
		{"watches without pause", "exec/watch"},
	}
	// They mostly wait, so more of them run at once than there are processors.
	const atOnce = 8
	free := make(chan struct{}, atOnce)
	outputs := make([]string, len(tests))
	errs := make([]error, len(tests))
	var all sync.WaitGroup
	for i, test := range tests {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			pattern := "^TestReference$/^" + strings.ReplaceAll(test.check, "/", "$/^") + "$"
			cmd := exec.Command(os.Args[0], "-test.run", pattern, "-test.v")
			cmd.Env = append(os.Environ(), withFault+"="+test.fault, "GORACE=atexit_sleep_ms=0")
			out, err := cmd.CombinedOutput()
			outputs[i], errs[i] = string(out), err
		})
	}
	all.Wait()
	for i, test := range tests {
		switch {
		case errs[i] == nil:
			t.Errorf("%s: the check %s passes", test.fault, test.check)
		case !strings.Contains(outputs[i], "--- FAIL: TestReference/"+test.check):
			t.Errorf("%s: it is not the check %s that fails:\n%s", test.fault, test.check, outputs[i])
		case test.fault != "not ready" && !strings.Contains(outputs[i], "the contract says: "):
			t.Errorf("%s: it does not say what of the contract is broken:\n%s", test.fault, outputs[i])
		}
	}
}
