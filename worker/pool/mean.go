package pool

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Mean shares the slots among the keys by the mean rate of their calls over the
// last ten minutes. Without slots of its own the room is what memory allows, of
// workers of the largest size. Keys that were silent keep their minimum.
type Mean struct{}

// Sizes implements Policy.
func (Mean) Sizes(now time.Time, keys []*Demand, room Room) []Size {
	sizes, calls, all := make([]Size, len(keys)), make([]int, len(keys)), 0
	slots, largest := room.Slots, int64(1)
	for i, d := range keys {
		largest = max(largest, d.Size)
		if d.Pinned() {
			slots -= d.Min
			continue
		}
		calls[i] = d.Calls(now)
		all += calls[i]
	}
	slots = int(max(0, min(int64(slots), room.Bytes/largest, math.MaxInt32)))
	for i, n := range proportional(slots, calls, all) {
		share := 0.0
		if all > 0 {
			share = float64(calls[i]) / float64(all)
		}
		sizes[i] = bound(keys[i], n, Reason{Rule: AtMean, Share: share})
	}
	fit(sizes, keys, room, func(d *Demand, have, want int) (float64, int) {
		if have >= want {
			return 0, 0
		}
		return float64(d.Calls(now)) / float64(have+1) / float64(max(d.Size, 1)), 1
	})
	return sizes
}

// proportional shares n out by weights; what is left after rounding down goes to
// the largest remainders.
func proportional(n int, weights []int, sum int) []int {
	shares, order := make([]int, len(weights)), make([]int, len(weights))
	if sum == 0 {
		return shares
	}
	left := n
	remainder := func(i int) int { return n * weights[i] % sum }
	for i, w := range weights {
		order[i] = i
		shares[i] = n * w / sum
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder(b), remainder(a)) })
	for _, i := range order[:min(left, len(order))] {
		shares[i]++
	}
	return shares
}
