package pool

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Words explains a size in one sentence. what the workers are of, such as
// "python" or "the function f", and least, most and pinned name the settings
// that bound it.
func (s Size) Words(what, least, most, pinned string) string {
	var why string
	switch s.Rule {
	case AtPeak:
		why = fmt.Sprintf("at most %s of %s arrived while one worker is replaced (%s) in the last 10 minutes", calls(s.Calls), what, Milliseconds(s.Replace))
	case AtMost:
		why = fmt.Sprintf("%s: more calls of %s arrived at once in the last 10 minutes", most, what)
	case AtMean:
		why = fmt.Sprintf("%.0f %% of the calls of the last 10 minutes were of %s", 100*s.Share, what)
	case AtLeast:
		why = least
	case Pinned:
		why = pinned
	case Retired:
		return "no call wants it any more"
	}
	if s.Want < s.Asked {
		left := "the slots leave "
		if s.Short == shortMemory {
			left = "the memory budget leaves "
		}
		why = fmt.Sprintf("%d wanted, %s%d (%s)", s.Asked, left, s.Want, why)
	}
	return why
}

func calls(n int) string {
	if n == 1 {
		return "1 call"
	}
	return strconv.Itoa(n) + " calls"
}

// Milliseconds is a duration in milliseconds, with a decimal where that matters.
func Milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms >= 10 {
		return fmt.Sprintf("%.0f ms", ms)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", ms), ".0") + " ms"
}
