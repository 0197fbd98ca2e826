package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
)

// Whoever reads an answer finds every field of its shape, empty or not.
func TestNothingIsLeftOut(t *testing.T) {
	for _, c := range []struct {
		answer any
		fields string
	}{
		{api.Function{}, "name runtime version handler updated_at"},
		{api.FunctionDetail{}, "name runtime version handler updated_at language component digest size memory timeout_ms cpus network warm env secrets deployments"},
		{api.FunctionVersion{}, "version current digest runtime handler created_at"},
		{api.Deployment{}, "name component state version running reason location outdated workers observed_at"},
		{api.Component{}, "name plugin state reason hint version summary provides limits checked_at expires_at since checks"},
		{api.Check{}, "name state message hint found minimum"},
		{api.PoolEntry{}, "component runtime function warm starting running want hit_rate refill_ms why"},
		{api.HostState{}, "running pid version build since calls plugins"},
		{api.CallRecord{}, "id time function version component start outcome message phases"},
		{api.Runtime{}, "name language image from builtin created_at"},
		{api.Plugin{}, "name plugin path state wanted got message hint env config"},
	} {
		text, err := json.Marshal(c.answer)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		for _, field := range strings.Fields(c.fields) {
			if _, ok := got[field]; !ok {
				t.Errorf("%T has no %q when it is empty: %s", c.answer, field, text)
			}
		}
	}
}

func TestTime(t *testing.T) {
	at := api.Time{Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for text, want := range map[string]api.Time{"null": {}, `"2026-03-01T12:00:00Z"`: at} {
		got, err := json.Marshal(want)
		if err != nil || string(got) != text {
			t.Errorf("%v is %s, %v", want, got, err)
		}
		var back api.Time
		if err := json.Unmarshal([]byte(text), &back); err != nil || !back.Equal(want.Time) {
			t.Errorf("%s is %v, %v", text, back, err)
		}
	}
}
