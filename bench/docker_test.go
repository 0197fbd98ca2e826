package main

import (
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
)

func TestOvertaken(t *testing.T) {
	came := time.Now()
	record := func(after, waited time.Duration) api.CallRecord {
		r := api.CallRecord{Phases: api.Phases{Queue: ms(waited) / 2, Pool: ms(waited) / 2}}
		r.Time = came.Add(after)
		return r
	}
	for _, test := range []struct {
		name  string
		calls []api.CallRecord
		want  int
	}{
		{"none", nil, 0},
		{"in order", []api.CallRecord{record(0, time.Second), record(time.Second, time.Second)}, 0},
		{"at the same moment", []api.CallRecord{record(0, time.Second), record(blur, 0)}, 0},
		{"served at the same moment", []api.CallRecord{record(0, time.Second), record(2*blur, time.Second-2*blur)}, 0},
		{"the first was served last", []api.CallRecord{record(0, 2*time.Second), record(time.Second, 0), record(1500*time.Millisecond, 0)}, 1},
	} {
		if got := overtaken(test.calls); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestMegabytes(t *testing.T) {
	for amount, want := range map[string]float64{"7.5MiB": 7.864320, "512KiB": 0.524288, "1GiB": 1073.741824, "12B": 0.000012} {
		if got, err := megabytes(amount); err != nil || got < want*0.999 || got > want*1.001 {
			t.Errorf("%s: %v, %v, want %v", amount, got, err, want)
		}
	}
	if _, err := megabytes("--"); err == nil {
		t.Error("-- is an amount")
	}
}

func TestEngineThatIsNotThere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if e := findEngine(t.Context(), "plugin"); e.absent != "there is no docker command" || e.String() != "not measured" {
		t.Errorf("%+v", e)
	}
}

func TestAims(t *testing.T) {
	both := atMost(30, 25, "ms").and(atMost(30, 35, "ms of p95"))
	if want := "aim ≤ 25 ms: 30.00, NOT met; ≤ 35 ms of p95: 30.00, met"; both.String() != want {
		t.Errorf("%s, want %s", both, want)
	}
	if claim, want := atLeast(2, 1, "× kept").claimed(), "claim ≥ 1 × kept: 2.00, true"; claim.String() != want {
		t.Errorf("%s, want %s", claim, want)
	}
}
