package pool

import (
	"iter"
	"math"
	"slices"
	"time"
)

const (
	// Window is how far back calls matter.
	Window = 10 * time.Minute
	// bucket is how exactly the window moves.
	bucket = 10 * time.Second
	// halfLife is how fast the weight of what happened fades.
	halfLife = 10 * time.Minute
	// mostAtOnce bounds what is counted as arriving during one replacement.
	mostAtOnce = 1024
)

// Bounds are the least and most workers of a key that ought to wait.
type Bounds struct{ Min, Max int }

// Pinned tells whether the bounds leave no choice.
func (b Bounds) Pinned() bool { return b.Min == b.Max }

// clamp brings n within the bounds.
func (b Bounds) clamp(n int) int { return max(b.Min, min(n, b.Max)) }

// Demand is what a policy knows of one key: when calls of it came and what a
// worker costs. It is told the time, so that a day can be simulated in a moment.
type Demand struct {
	Bounds
	Size  int64         // bytes of one waiting worker
	Delay time.Duration // between a worker's being taken and the start of the next

	boots  [32]time.Duration // service times of the last starts: begun to ready
	booted int               // starts ever
	boot   time.Duration     // their 90th percentile

	recent  []time.Time // calls within the last replacement
	buckets [Window / bucket]span
	last    time.Time // call

	histogram []float64 // of calls that found k others within the last replacement
	epoch     time.Time // when a call weighs 1
}

// Booted notes how long a start took, without any wait for its turn: counting
// that would make a busy pool want more workers, and so busier.
func (d *Demand) Booted(took time.Duration) {
	d.boots[d.booted%len(d.boots)] = took
	d.booted++
	known := slices.Clone(d.boots[:min(d.booted, len(d.boots))])
	slices.Sort(known)
	d.boot = known[(len(known)*9+9)/10-1]
}

// Boot is the 90th percentile of the last 32 starts; 0 before the first.
func (d *Demand) Boot() time.Duration { return d.boot }

// Replace is how long a worker that was taken is missed.
func (d *Demand) Replace() time.Duration { return d.Delay + d.boot }

// Arrived notes a call.
func (d *Demand) Arrived(now time.Time) {
	since := now.Add(-d.Replace())
	gone := 0
	for gone < len(d.recent) && !d.recent[gone].After(since) {
		gone++
	}
	d.recent = d.recent[max(gone, len(d.recent)-mostAtOnce+1):]
	k := len(d.recent)
	d.recent = append(d.recent, now)
	d.last = now

	for len(d.histogram) <= k {
		d.histogram = append(d.histogram, 0)
	}
	d.histogram[k] += d.weigh(now)

	number := now.UnixNano() / int64(bucket)
	b := &d.buckets[number%int64(len(d.buckets))]
	if b.number != number {
		b.number, b.calls, b.peak = number, 0, 0
	}
	b.calls++
	b.peak = max(b.peak, k+1)
}

// weigh is the weight of a call now. Old calls fade because new ones weigh more.
func (d *Demand) weigh(now time.Time) float64 {
	if d.epoch.IsZero() {
		d.epoch = now
	}
	lives := float64(now.Sub(d.epoch)) / float64(halfLife)
	if lives > 64 {
		for k := range d.histogram {
			d.histogram[k] *= math.Exp2(-lives)
		}
		d.epoch, lives = now, 0
	}
	return math.Exp2(lives)
}

// Peak is the most calls that arrived during one replacement, within the window;
// 0 when there were none.
func (d *Demand) Peak(now time.Time) (most int) {
	for b := range d.within(now) {
		most = max(most, b.peak)
	}
	return most
}

// Calls is how many arrived within the window.
func (d *Demand) Calls(now time.Time) (n int) {
	for b := range d.within(now) {
		n += b.calls
	}
	return n
}

// Silent tells whether no call came within the window.
func (d *Demand) Silent(now time.Time) bool { return d.last.IsZero() || now.Sub(d.last) >= Window }

// Missed returns, for every k, the present weight of the calls that found exactly
// k others before them: to k workers one more would have served those.
func (d *Demand) Missed(now time.Time) func(k int) float64 {
	faded := 1 / math.Exp2(float64(now.Sub(d.epoch))/float64(halfLife))
	return func(k int) float64 {
		if k >= len(d.histogram) {
			return 0
		}
		return d.histogram[k] * faded
	}
}

// A span is what happened in one part of the window.
type span struct {
	number int64 // of the span, since the beginning of time
	calls  int
	peak   int // most calls within one replacement
}

// within yields the spans of the window that ends now.
func (d *Demand) within(now time.Time) iter.Seq[span] {
	number := now.UnixNano() / int64(bucket)
	return func(yield func(span) bool) {
		for _, b := range d.buckets {
			if b.number > number-int64(len(d.buckets)) && b.number <= number && !yield(b) {
				return
			}
		}
	}
}
