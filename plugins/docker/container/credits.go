package container

const (
	// fullCredit is what a kind begins with and never exceeds.
	fullCredit = 12
	// A holder that comes back saves half the start of a worker. One that does not
	// costs as much as another start, and its removal.
	forClean, forDirty = 2, -3
	// A worker in a network of its own earns a little, so that holders are tried
	// again after some.
	forAlone    = 1
	trialCredit = -16
)

// credits tell for which kinds of workers holders are worth their making: not for
// those whose functions use the network. What is not there is full.
type credits map[Kind]int

func (c credits) good(kind Kind) bool {
	left, ok := c[kind.Lasting()]
	return !ok || left > 0
}

func (c credits) clean(kind Kind) { c.add(kind, forClean) }
func (c credits) alone(kind Kind) { c.add(kind, forAlone) }

// dirty makes a kind without credit wait for a trial.
func (c credits) dirty(kind Kind) {
	c.add(kind, forDirty)
	if !c.good(kind) {
		c[kind.Lasting()] = trialCredit
	}
}

func (c credits) add(kind Kind, n int) {
	key := kind.Lasting()
	left, ok := c[key]
	if !ok {
		left = fullCredit
	}
	if left += n; left >= fullCredit {
		delete(c, key)
		return
	}
	c[key] = left
}
