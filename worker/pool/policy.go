package pool

import "time"

// A Policy decides how many workers of each key ought to wait. It is asked with
// the pool's lock held, so it must not take long. Peak and Mean are the two.
type Policy interface {
	// Sizes returns the size of every key, in their order. The sizes together
	// fit into the room.
	Sizes(now time.Time, keys []*Demand, room Room) []Size
}

// Room is what waiting workers may take together.
type Room struct {
	Slots int
	Bytes int64
}

// Size is a decision for one key and why it is so.
type Size struct {
	Want int
	Reason
}

// Reason explains a size. Words puts it into a sentence.
type Reason struct {
	Rule    Rule
	Asked   int           // what the rule asks for; the size is less where room is short
	Short   string        // what was short, if anything: "memory", "slots"
	Calls   int           // of the rule Peak: that came while one worker is replaced
	Replace time.Duration // of the rule Peak: how long that takes
	Share   float64       // of the rule Mean: the key's share of all calls, 0 to 1
}

// Rule names what decided.
type Rule string

const (
	AtPeak  Rule = "peak"    // the most calls during one replacement
	AtMean  Rule = "mean"    // the share of the calls
	AtLeast Rule = "min"     // the lower bound
	AtMost  Rule = "max"     // the upper bound
	Pinned  Rule = "pinned"  // the bounds are one number
	Retired Rule = "retired" // nobody wants the key any more
)

// bound puts what a policy would like within the key's bounds.
func bound(d *Demand, liked int, r Reason) Size {
	r.Asked = d.clamp(liked)
	switch {
	case d.Pinned():
		r.Rule = Pinned
	case liked <= d.Min: // it would be as many without any call
		r.Rule = AtLeast
	case liked > d.Max:
		r.Rule = AtMost
	}
	return Size{Want: r.Asked, Reason: r}
}
