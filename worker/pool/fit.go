package pool

// fit cuts sizes to the room. What is pinned comes first, then minimums, one
// worker of each key after the other, then what gain values most.
func fit(sizes []Size, keys []*Demand, room Room, gain func(d *Demand, have, want int) (float64, int)) {
	if fits(sizes, keys, room) {
		return
	}
	f := fitting{sizes: sizes, keys: keys, left: room}
	for i := range sizes {
		sizes[i].Want = 0
	}
	f.minimums(func(d *Demand) bool { return d.Pinned() })
	f.minimums(func(d *Demand) bool { return !d.Pinned() })
	for f.best(gain) {
	}
	for i := range sizes {
		if sizes[i].Short = shortMemory; f.left.Slots <= 0 {
			sizes[i].Short = shortSlots
		}
	}
}

// What may be short.
const (
	shortMemory = "memory"
	shortSlots  = "slots"
)

func fits(sizes []Size, keys []*Demand, room Room) bool {
	slots, bytes := 0, int64(0)
	for i, s := range sizes {
		slots += s.Want
		bytes += int64(s.Want) * keys[i].Size
	}
	return slots <= room.Slots && bytes <= room.Bytes
}

type fitting struct {
	sizes []Size
	keys  []*Demand
	left  Room
}

// minimums fills the chosen keys up to their minimums, level by level.
func (f *fitting) minimums(chosen func(*Demand) bool) {
	for level, more := 0, true; more; level++ {
		more = false
		for i, d := range f.keys {
			if chosen(d) && level < min(d.Min, f.sizes[i].Asked) && f.sizes[i].Want == level {
				more = f.add(i, 1) || more
			}
		}
	}
}

// best adds workers where they are worth most; false when there is no more room
// for any that are worth something.
func (f *fitting) best(gain func(d *Demand, have, want int) (float64, int)) bool {
	best, most, number := -1, 0.0, 0
	for i, d := range f.keys {
		have := f.sizes[i].Want
		room := have + f.fitting(d)
		if worth, n := gain(d, have, min(f.sizes[i].Asked, room)); worth > most {
			best, most, number = i, worth, n
		}
	}
	return best >= 0 && f.add(best, number)
}

// fitting is how many more workers of a key there is room for.
func (f *fitting) fitting(d *Demand) int {
	n := f.left.Slots
	if d.Size > 0 {
		n = int(min(int64(n), f.left.Bytes/d.Size))
	}
	return n
}

// add gives a key n more; false if they do not fit.
func (f *fitting) add(i, n int) bool {
	if n > f.fitting(f.keys[i]) {
		return false
	}
	f.sizes[i].Want += n
	f.left.Slots -= n
	f.left.Bytes -= int64(n) * f.keys[i].Size
	return true
}
