package sandbox

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// dirs makes directories below a new one, whose real path it returns.
func dirs(t *testing.T, names ...string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, filepath.Dir(root)} { // for tests as another user
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(root, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func (p Plan) position(do, target string) int {
	return slices.IndexFunc(p, func(s Step) bool { return s.Do == do && s.Target == target })
}

func (p Plan) last(do, target string) int {
	for i, s := range slices.Backward(p) {
		if s.Do == do && s.Target == target {
			return i
		}
	}
	return -1
}

func TestTheOrderOfAPlan(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of this system are not those of a plan")
	}
	root := dirs(t, "state/scratch/w-1", "state/venv/bin", "data", "data/inner")
	in := func(name string) string { return filepath.Join(root, name) }
	plan := View{
		Hide: []string{in("data/inner"), in("state"), in("data"), in("missing")},
		Show: []string{in("state/venv"), in("elsewhere"), "/usr"},
		Dir:  in("state/scratch/w-1"), ReadOnly: true,
	}.Plan()
	for _, order := range [][2]int{
		{plan.position(doMount, "/"), plan.position(doClone, in("state/scratch/w-1"))},
		{plan.position(doClone, in("state/scratch/w-1")), plan.position(doAttr, "/")},
		{plan.position(doAttr, "/"), plan.position(doClone, in("state/venv"))},
		{plan.position(doClone, in("state/venv")), plan.position(doMount, in("state"))},
		{plan.position(doMount, in("state")), plan.position(doMkdir, in("state/venv"))},
		{plan.position(doMkdir, in("state/venv")), plan.position(doMove, in("state/venv"))},
		{plan.position(doMove, in("state/venv")), plan.last(doMount, in("state"))},
		{plan.position(doMove, in("state/scratch/w-1")), plan.position(doChdir, in("state/scratch/w-1"))},
	} {
		if order[0] < 0 || order[0] >= order[1] {
			t.Errorf("%v in %+v", order, plan)
		}
	}
	for _, absent := range []string{in("missing"), in("elsewhere"), in("data/inner"), "/usr"} {
		if slices.ContainsFunc(plan, func(s Step) bool { return s.Target == absent }) {
			t.Errorf("%s is in the plan %+v", absent, plan)
		}
	}
}

func TestADirectorySeenElsewhereTakesItsPlace(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of this system are not those of a plan")
	}
	root := dirs(t, "scratch/w-1")
	scratch := filepath.Join(root, "scratch")
	dir := filepath.Join(scratch, "w-1")
	want := Plan{
		{Do: doMount, Target: "/", Flags: msRecursive | msPrivate},
		{Do: doClone, Target: dir},
		{Do: doMove, Source: dir, Target: scratch},
		{Do: doChdir, Target: scratch},
	}
	if plan := (View{Dir: dir, At: scratch}).Plan(); !slices.Equal(plan, want) {
		t.Errorf("%+v", plan)
	}
}

func TestNoSandboxIsNoPlan(t *testing.T) {
	if s := (Spec{}); !s.None() || len(s.Plan()) > 0 || s.Enter() != nil {
		t.Error("the empty spec does something")
	}
}

func TestOnlyWhatIsCoveredNeedsToBeShown(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of this system are not those of a view")
	}
	root := dirs(t, "hidden/bin")
	bin := filepath.Join(root, "hidden", "bin")
	got := View{Hide: []string{filepath.Join(root, "hidden")}}.Needed([]string{"/usr", bin, bin, filepath.Join(root, "no")})
	if !slices.Equal(got, []string{bin}) {
		t.Errorf("%q", got)
	}
}
