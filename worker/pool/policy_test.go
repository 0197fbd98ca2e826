package pool

import (
	"math"
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// demand is a key whose worker takes 100 ms to replace and weighs some bytes, with
// calls at given times, in milliseconds before noon.
func demand(b Bounds, size int64, before ...int) *Demand {
	d := &Demand{Bounds: b, Size: size}
	d.Booted(100 * time.Millisecond)
	slices.Sort(before)
	slices.Reverse(before)
	for _, ms := range before {
		d.Arrived(noon.Add(-time.Duration(ms) * time.Millisecond))
	}
	return d
}

func each(from, to, step int) (all []int) {
	for ms := from; ms < to; ms += step {
		all = append(all, ms)
	}
	return all
}

func wants(p Policy, room Room, keys ...*Demand) (all []int) {
	for _, size := range p.Sizes(noon, keys, room) {
		all = append(all, size.Want)
	}
	return all
}

var (
	plenty = Room{math.MaxInt, math.MaxInt64}
	free   = Bounds{0, 100}
)

func TestPeakIsTheMostCallsDuringOneReplacement(t *testing.T) {
	apart, burst := demand(free, 1, each(1000, 9000, 101)...), demand(free, 1, 5000, 5001, 5002, 100, 300)
	old := demand(Bounds{1, 9}, 1, each(int(Window/time.Millisecond)+1000, int(Window/time.Millisecond)+1005, 1)...)
	if got := wants(Peak{}, plenty, apart, burst, old, demand(Bounds{0, 2}, 1, 1, 2, 3), demand(Bounds{5, 5}, 1)); !slices.Equal(got, []int{1, 3, 1, 2, 5}) {
		t.Errorf("sizes: %v", got)
	}
	if !old.Silent(noon) || burst.Silent(noon) {
		t.Error("silence is not told apart")
	}
}

func TestPeakGivesRoomToWhomItSavesMost(t *testing.T) {
	often, seldom := demand(free, 1, each(1000, 60_000, 40)...), demand(free, 1, 5000, 5001, 5002)
	// The first worker of the key that is called often saves most, and so does
	// the second; what is left goes to the other.
	if got := wants(Peak{}, Room{4, math.MaxInt64}, often, seldom); !slices.Equal(got, []int{3, 1}) {
		t.Errorf("sizes: %v", got)
	}
	heavy, light := demand(free, 100, 1, 200, 400), demand(free, 10, 1, 200, 400)
	if got := wants(Peak{}, Room{9, 105}, heavy, light); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("sizes by memory: %v", got)
	}
	pinned, least := demand(Bounds{3, 3}, 10), demand(Bounds{2, 9}, 10, each(1000, 60_000, 20)...)
	if got := wants(Peak{}, Room{99, 40}, least, pinned); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("sizes with one pinned: %v", got)
	}
}

func TestPeakLooksBeyondDips(t *testing.T) {
	// No call ever found exactly one other before it, many found two.
	d := demand(free, 1)
	d.buckets[noon.UnixNano()/int64(bucket)%int64(len(d.buckets))] = span{number: noon.UnixNano() / int64(bucket), calls: 101, peak: 3}
	d.histogram, d.epoch = []float64{1, 0, 100}, noon
	other := demand(free, 1, 1, 200, 400, 600)
	if got := wants(Peak{}, Room{3, math.MaxInt64}, d, other); !slices.Equal(got, []int{3, 0}) {
		t.Errorf("sizes: %v", got)
	}
}

func TestMeanSharesTheSlots(t *testing.T) {
	many, few, none := demand(free, 1, each(0, 3000, 1)...), demand(free, 1, each(0, 1000, 1)...), demand(Bounds{1, 9}, 1)
	if got := wants(Mean{}, Room{8, math.MaxInt64}, many, few, none); !slices.Equal(got, []int{6, 1, 1}) {
		t.Errorf("sizes: %v", got)
	}
	if got := wants(Mean{}, Room{8, math.MaxInt64}, demand(Bounds{2, 2}, 1), many, few); !slices.Equal(got, []int{2, 5, 1}) && !slices.Equal(got, []int{2, 4, 2}) {
		t.Errorf("sizes with one pinned: %v", got)
	}
	if got := wants(Mean{}, Room{math.MaxInt, 4}, many, few); !slices.Equal(got, []int{3, 1}) {
		t.Errorf("sizes by memory: %v", got)
	}
}

func TestWhatFadesKeepsItsProportions(t *testing.T) {
	d := demand(free, 1, 1, 2, 500)
	for _, later := range []time.Duration{0, halfLife, 100 * halfLife} {
		missed := d.Missed(noon.Add(later))
		if one := missed(1) * math.Exp2(float64(later)/float64(halfLife)); math.Abs(one-1) > 0.01 || missed(0) < 1.9*missed(1) {
			t.Errorf("after %s: %v, %v", later, missed(0), missed(1))
		}
	}
	d.Arrived(noon.Add(100 * halfLife))
	if now := d.Missed(noon.Add(100 * halfLife)); math.Abs(now(0)-1) > 0.01 {
		t.Errorf("a new call weighs %v", now(0))
	}
}

func TestASizeIsExplained(t *testing.T) {
	for _, test := range []struct {
		policy Policy
		room   Room
		key    *Demand
		want   string
	}{
		{Peak{}, plenty, demand(free, 1, 5, 6, 7), "at most 3 calls of python arrived while one worker is replaced (100 ms) in the last 10 minutes"},
		{Peak{}, plenty, demand(Bounds{2, 9}, 1, 5), "least"},
		{Peak{}, plenty, demand(Bounds{0, 1}, 1, 5, 6), "most: more calls of python arrived at once in the last 10 minutes"},
		{Peak{}, plenty, demand(Bounds{2, 2}, 1), "pinned"},
		{Peak{}, Room{9, 10}, demand(Bounds{2, 2}, 10), "2 wanted, the memory budget leaves 1 (pinned)"},
		{Peak{}, Room{1, 90}, demand(Bounds{2, 9}, 10), "2 wanted, the slots leave 1 (least)"},
		{Mean{}, Room{4, 90}, demand(free, 1, 1), "100 % of the calls of the last 10 minutes were of python"},
	} {
		size := test.policy.Sizes(noon, []*Demand{test.key}, test.room)[0]
		if got := size.Words("python", "least", "most", "pinned"); got != test.want {
			t.Errorf("%+v: %q, want %q", size, got, test.want)
		}
	}
}
