package oneshot

import (
	"runtime"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/pool"
)

// Settings are those in the manifest that such components share, for a struct of
// their own to embed.
type Settings struct {
	Policy     string `json:"policy"`      // "peak" or "mean": how many workers wait
	Warm       int    `json:"warm"`        // that wait for each runtime at least, 0 to 1000
	WarmMax    int    `json:"warm_max"`    // and at most; warm, if that is more
	Slots      int    `json:"slots"`       // that wait, of all runtimes together
	PoolMemory Amount `json:"pool_memory"` // of all workers together; "2GiB" or a number; 0: no limit
	MaxRunning int    `json:"max_running"` // calls at a time, at least 1
	Queue      int    `json:"queue"`       // calls that may wait for their turn, at least 1
	LogKeep    int64  `json:"log_keep"`    // bytes of log of a function in one file, of two
}

// leastPoolMemory is what a small function and its worker need.
const leastPoolMemory = 64 << 20

// DefaultSettings are those for a machine with so many bytes of memory; 0: not
// known, and then the pool has no limit.
func DefaultSettings(memory int64) Settings {
	return Settings{
		Policy:  "peak",
		Warm:    2,
		WarmMax: 8 * runtime.NumCPU(),
		Slots:   16 * runtime.NumCPU(),
		// What functions may use is an upper bound, and most use little of it:
		// a quarter of the machine is enough for everybody else.
		PoolMemory: Amount(memory / 4 * 3),
		MaxRunning: 4 * runtime.NumCPU(), // functions also wait for others
		Queue:      1024,
		LogKeep:    1 << 20,
	}
}

// Check refuses values that mean nothing.
func (s Settings) Check() error {
	if s.Policy != "peak" && s.Policy != "mean" {
		return sdk.Errorf(sdk.Invalid, `setting "policy" is %q, it must be "peak" or "mean"`, s.Policy)
	}
	for _, number := range []struct {
		name       string
		value      int64
		least, max int64
	}{
		{"warm", int64(s.Warm), 0, 1000},
		{"warm_max", int64(s.WarmMax), 0, 1000},
		{"slots", int64(s.Slots), 1, 10_000},
		{"max_running", int64(s.MaxRunning), 1, 10_000},
		{"queue", int64(s.Queue), 1, 1_000_000},
		{"log_keep", s.LogKeep, 4 << 10, 1 << 30},
	} {
		if number.value < number.least || number.value > number.max {
			return sdk.Errorf(sdk.Invalid, "setting %q is %d, it must be %d to %d",
				number.name, number.value, number.least, number.max)
		}
	}
	if s.PoolMemory != 0 && s.PoolMemory < leastPoolMemory {
		return sdk.Errorf(sdk.Invalid, `setting "pool_memory" is %d bytes, it must be at least 64MiB, or 0 for no limit`, s.PoolMemory)
	}
	return nil
}

func (s Settings) policy() pool.Policy {
	if s.Policy == "mean" {
		return pool.Mean{}
	}
	return pool.Peak{}
}

// bounds are how many generic workers of a runtime wait.
func (s Settings) bounds() pool.Bounds {
	if s.Warm == 0 && s.WarmMax == 0 {
		return pool.Bounds{}
	}
	return pool.Bounds{Min: s.Warm, Max: max(s.Warm, s.WarmMax)}
}
