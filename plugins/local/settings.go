package local

import (
	"runtime"

	"github.com/fnhost/fn/sdk"
)

// settings is the manifest's [local.config].
type settings struct {
	Warm       int   `json:"warm"`        // workers kept waiting for each runtime, 0 to 1000
	MaxRunning int   `json:"max_running"` // calls at a time, at least 1
	Queue      int   `json:"queue"`       // calls that may wait for their turn, at least 1
	LogKeep    int64 `json:"log_keep"`    // bytes of log of a function in one file, of two
}

func defaultSettings() settings {
	return settings{
		Warm:       2,
		MaxRunning: 4 * runtime.NumCPU(), // functions also wait for others
		Queue:      1024,
		LogKeep:    1 << 20,
	}
}

func (s settings) check() error {
	for _, number := range []struct {
		name       string
		value      int64
		least, max int64
	}{
		{"warm", int64(s.Warm), 0, 1000},
		{"max_running", int64(s.MaxRunning), 1, 10_000},
		{"queue", int64(s.Queue), 1, 1_000_000},
		{"log_keep", s.LogKeep, 4 << 10, 1 << 30},
	} {
		if number.value < number.least || number.value > number.max {
			return sdk.Errorf(sdk.Invalid, "setting %q is %d, it must be %d to %d",
				number.name, number.value, number.least, number.max)
		}
	}
	return nil
}
