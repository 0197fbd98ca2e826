package function

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// Duration is a time.Duration that JSON shows as people write it: "30s".
type Duration time.Duration

func (d Duration) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(d).String())
}

func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	parsed, err := time.ParseDuration(text)
	*d = Duration(parsed)
	return err
}

// ParseTimeout reads a timeout such as "30s" or "2m": from 1 ms to 24 h.
func ParseTimeout(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fault.New(fault.Invalid, `timeout %q: write it as "30s" or "2m"`, text)
	}
	return d, CheckTimeout(d)
}

// CheckTimeout tells whether a call may be given so long.
func CheckTimeout(d time.Duration) error {
	if d < time.Millisecond || d > LongestTimeout {
		return fault.New(fault.Invalid, "timeout %s: from 1ms to %s", d, LongestTimeout)
	}
	return nil
}

var sizePattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) *([kKmMgG]?)(i?)[bB]?$`)

// ParseMemory reads an amount of memory such as "128MiB", "512M" or "1.5GiB":
// at least 16 MiB. M and MiB both mean 1,048,576 bytes, as they do for
// everything that limits memory; a number without a unit is refused.
func ParseMemory(text string) (int64, error) {
	match := sizePattern.FindStringSubmatch(strings.TrimSpace(text))
	if match == nil || match[2] == "" {
		return 0, fault.New(fault.Invalid, `memory %q: write it as "128MiB" or "1GiB"`, text)
	}
	number, err := strconv.ParseFloat(match[1], 64)
	shift := map[string]float64{"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[strings.ToLower(match[2])]
	bytes := number * shift
	if err != nil || bytes > math.MaxInt64/2 {
		return 0, fault.New(fault.Invalid, "memory %q is more than there can be", text)
	}
	if bytes < LeastMemory {
		return 0, fault.New(fault.Invalid, "memory %q is too little for any worker: at least 16MiB", text)
	}
	return int64(bytes), nil
}

var namePattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$`)

// CheckName tells whether a function may be called so.
func CheckName(name string) error { return checkName(name, "function") }

// CheckRuntimeName tells whether a runtime may be called so.
func CheckRuntimeName(name string) error { return checkName(name, "runtime") }

func checkName(name, what string) error {
	if namePattern.MatchString(name) {
		return nil
	}
	const most = 100 // bytes of it that are told
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return fault.New(fault.Invalid, "%q cannot name a %s: letters, digits, - and _, at most 63, the first a letter or digit", name, what)
}
