package pool

import "time"

// Peak keeps as many workers of a key as calls arrived, at the most, while one
// worker was replaced, within the last ten minutes. With S workers waiting a call
// finds none exactly when S others came within the time of one replacement before
// it, so that many would have sufficed for each of those calls. A key that is
// silent for the whole window keeps its minimum.
//
// Where there is less room than that, it goes worker by worker to the key where
// one more saves the calls the most time for its memory.
type Peak struct{}

// Sizes implements Policy.
func (Peak) Sizes(now time.Time, keys []*Demand, room Room) []Size {
	sizes := make([]Size, len(keys))
	for i, d := range keys {
		peak := d.Peak(now)
		sizes[i] = bound(d, peak, Reason{Rule: AtPeak, Calls: peak, Replace: d.Replace()})
	}
	fit(sizes, keys, room, func(d *Demand, have, want int) (float64, int) { return saved(now, d, have, want) })
	return sizes
}

// saved is the time saved per byte by the next workers of a key, and how many
// they are. A histogram has dips: where the next worker saves nothing but the
// one after it much, the two are looked at together.
func saved(now time.Time, d *Demand, have, want int) (best float64, n int) {
	misses, missed := 0.0, d.Missed(now)
	for k := have; k < want; k++ {
		misses += missed(k)
		worth := misses * float64(max(d.Replace(), 1)) / float64(k-have+1) / float64(max(d.Size, 1))
		if worth > best {
			best, n = worth, k-have+1
		}
	}
	return best, n
}
