package pool

import (
	"bufio"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The trace is a day of 400 functions of the Azure Functions trace of 2019, as
// docs/pool.md says; FN_TRACE names the file, xz unpacks it. Without it there is
// nothing to measure.
const traceVar = "FN_TRACE"

const (
	traceRuntimes = 4
	traceReplace  = 500 * time.Millisecond
	traceMost     = 20_000 // calls a day of a function that counts
)

// TestTrace prints, for each policy and number of slots, the calls that found no
// worker and the workers that waited on average, over the second half of the day.
func TestTrace(t *testing.T) {
	if os.Getenv(traceVar) == "" {
		t.Skip(traceVar + " names no trace")
	}
	arrivals := readTrace(t, os.Getenv(traceVar))
	t.Logf("%d calls", len(arrivals))
	missed := map[string][]float64{}
	for _, p := range []struct {
		name   string
		policy func(slots int) Policy
	}{
		{"mean", func(int) Policy { return Mean{} }},
		{"fixed", func(slots int) Policy { return fixed{slots / traceRuntimes} }},
		{"peak", func(int) Policy { return Peak{} }},
	} {
		row := fmt.Sprintf("| `%s` |", p.name)
		for _, slots := range []int{8, 16, 32, 64} {
			s := simulate(p.policy(slots), slots, arrivals)
			missed[p.name] = append(missed[p.name], s.missed())
			row += fmt.Sprintf(" %.2f / %.1f |", s.missed(), s.idle())
		}
		t.Log(row)
	}
	row := "| lower bound |"
	for _, slots := range []int{8, 16, 32, 64} {
		row += fmt.Sprintf(" %.2f |", leastMissed(slots, arrivals))
	}
	t.Log(row)
	for i, peak := range missed["peak"][:2] { // with room to spare, the others keep it all
		if peak >= missed["mean"][i] || peak >= missed["fixed"][i] {
			t.Errorf("peak misses %.2f %%, mean %.2f %%, fixed %.2f %%", peak, missed["mean"][i], missed["fixed"][i])
		}
	}
}

// leastMissed is what no policy can do better than: of the calls together, those
// that come while every slot is being refilled.
func leastMissed(slots int, arrivals []arrival) float64 {
	var refilled []time.Duration
	calls, misses := 0, 0
	for _, a := range arrivals {
		for len(refilled) > 0 && refilled[0] <= a.at {
			refilled = refilled[1:]
		}
		missed := len(refilled) == slots
		if !missed {
			refilled = append(refilled, a.at+traceReplace)
		}
		if a.at >= traceBegin {
			calls++
			if missed {
				misses++
			}
		}
	}
	return 100 * float64(misses) / float64(calls)
}

// fixed gives every key the same.
type fixed struct{ each int }

func (f fixed) Sizes(_ time.Time, keys []*Demand, _ Room) []Size {
	sizes := make([]Size, len(keys))
	for i := range sizes {
		sizes[i].Want = f.each
	}
	return sizes
}

type arrival struct {
	at  time.Duration // since midnight
	key int
}

// readTrace places the calls of each minute at random within it, always the same
// way. A function belongs to a runtime by its hash.
func readTrace(t *testing.T, path string) (all []arrival) {
	t.Helper()
	unpack := exec.Command("xz", "-dc", path)
	unpack.Stderr = os.Stderr
	out, err := unpack.StdoutPipe()
	if err == nil {
		err = unpack.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the names of the columns
	for n := 0; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), ",")
		if len(fields) < 5+1440 {
			t.Fatalf("line %d has %d columns", n+2, len(fields))
		}
		var calls [1440]int
		sum := 0
		for m := range calls {
			calls[m], _ = strconv.Atoi(fields[5+m])
			sum += calls[m]
		}
		if sum > traceMost {
			continue
		}
		for m := 11 * 60; m < 1440; m++ { // an hour to learn
			for range calls[m] {
				all = append(all, arrival{time.Duration((float64(m) + random.Float64()) * float64(time.Minute)), int(fields[0][0]) % traceRuntimes})
			}
		}
	}
	if err := unpack.Wait(); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	return all
}

// simulated is a pool without workers: every start takes the same time, and as
// many as needed are under way at once.
type simulated struct {
	policy Policy
	room   Room
	keys   []*Demand
	lines  []simulatedLine
	sized  time.Time
	now    time.Duration

	calls, misses int
	waited        time.Duration // of all workers together
}

type simulatedLine struct {
	want, waiting, queued int
	ready                 []time.Duration // of those being started, in order
}

const traceBegin = 12 * time.Hour

func simulate(policy Policy, slots int, arrivals []arrival) *simulated {
	s := &simulated{policy: policy, room: Room{Slots: slots, Bytes: 1 << 62}, lines: make([]simulatedLine, traceRuntimes)}
	for range traceRuntimes {
		d := &Demand{Bounds: Bounds{0, slots}, Size: 1}
		d.Booted(traceReplace)
		s.keys = append(s.keys, d)
	}
	for _, a := range arrivals {
		s.advance(a.at)
		s.arrive(a.key)
	}
	return s
}

// advance lets what is being started become ready, in order of time.
func (s *simulated) advance(to time.Duration) {
	for {
		first := -1
		for i, l := range s.lines {
			if len(l.ready) > 0 && l.ready[0] <= to && (first < 0 || l.ready[0] < s.lines[first].ready[0]) {
				first = i
			}
		}
		if first < 0 {
			s.pass(to)
			return
		}
		l := &s.lines[first]
		s.pass(l.ready[0])
		l.ready = l.ready[1:]
		if l.queued > 0 {
			l.queued--
		} else {
			l.waiting++
			s.settle()
		}
	}
}

func (s *simulated) pass(to time.Duration) {
	if to > traceBegin {
		since := max(s.now, traceBegin)
		for _, l := range s.lines {
			s.waited += time.Duration(l.waiting) * (to - since)
		}
	}
	s.now = to
}

func (s *simulated) arrive(key int) {
	l, now := &s.lines[key], time.Unix(0, 0).Add(s.now)
	s.keys[key].Arrived(now)
	if s.keys[key].Peak(now) > l.want || now.Sub(s.sized) > resizeEvery {
		s.sized = now
		for i, size := range s.policy.Sizes(now, s.keys, s.room) {
			s.lines[i].want = size.Want
		}
	}
	measured := s.now >= traceBegin
	if measured {
		s.calls++
	}
	if l.waiting > 0 {
		l.waiting--
	} else {
		l.queued++
		if measured {
			s.misses++
		}
	}
	s.settle()
}

// settle starts and drops what the sizes say.
func (s *simulated) settle() {
	for i := range s.lines {
		l := &s.lines[i]
		for l.waiting+len(l.ready) < l.want+l.queued {
			l.ready = append(l.ready, s.now+traceReplace)
		}
		l.waiting = min(l.waiting, l.want)
	}
}

func (s *simulated) missed() float64 { return 100 * float64(s.misses) / float64(s.calls) }

func (s *simulated) idle() float64 { return float64(s.waited) / float64(s.now-traceBegin) }
