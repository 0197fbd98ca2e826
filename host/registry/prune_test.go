package registry

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

func TestPruneVersions(t *testing.T) {
	ctx := t.Context()
	now := time.UnixMicro(1_000_000)
	r, err := Open(filepath.Join(t.TempDir(), "fn.db"), Options{Now: func() time.Time { return now }})
	must(t, err, "")
	defer r.Close()
	_, err = r.CreateFunction(ctx, version("other", "x"))
	must(t, err, "")
	_, err = r.CreateFunction(ctx, version("f", "1"))
	must(t, err, "")
	for base := 1; base < 10; base++ {
		now = now.Add(time.Minute)
		_, err = r.AddVersion(ctx, version("f", fmt.Sprint(base+1)), base)
		must(t, err, "")
	}
	_, err = r.Rollback(ctx, "f", 2)
	must(t, err, "")
	must(t, r.PutDeployment(ctx, Deployment{Function: "f", Component: "cloud", Version: 4}), "")

	for _, step := range []struct {
		keep, removed int
		age           time.Duration
		left          []int
	}{
		{20, 0, 0, []int{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		{3, 0, time.Hour, []int{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		{3, 2, 5*time.Minute + time.Second, []int{10, 9, 8, 7, 6, 5, 4, 2}}, // 5 is five minutes old
		{3, 3, 0, []int{10, 9, 8, 4, 2}},
		{0, 2, 0, []int{10, 4, 2}}, // the newest stays: its number is not used again
		{1, 0, 0, []int{10, 4, 2}},
	} {
		now = now.Add(time.Microsecond)
		removed, err := r.PruneVersions(ctx, "f", step.keep, step.age+time.Microsecond)
		must(t, err, "")
		all, err := r.Versions(ctx, "f")
		must(t, err, "")
		var left []int
		for _, v := range all {
			left = append(left, v.Version)
		}
		if removed != step.removed || !slices.Equal(left, step.left) {
			t.Errorf("keep %d, %v: %d removed, left %v; want %d, %v", step.keep, step.age, removed, left, step.removed, step.left)
		}
	}
	_, err = r.Rollback(ctx, "f", 3)
	must(t, err, fault.NotFound, `version 3 of function "f" was removed`, "fn versions f")
	_, err = r.GetVersion(ctx, "f", 3)
	must(t, err, fault.NotFound, `version 3 of function "f" was removed`)
	_, err = r.Rollback(ctx, "f", 11)
	must(t, err, fault.NotFound, `has no version 11`)
	_, err = r.GetVersion(ctx, "other", 1)
	must(t, err, "")
	v, err := r.AddVersion(ctx, version("f", "11"), 2)
	must(t, err, "")
	if v.Version != 11 {
		t.Errorf("the next version is %d", v.Version)
	}
	v, err = r.Rollback(ctx, "f", 0) // over the gap
	must(t, err, "")
	if v.Version != 10 {
		t.Errorf("rolled back to %d", v.Version)
	}
}
