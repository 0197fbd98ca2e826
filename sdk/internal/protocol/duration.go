package protocol

import (
	"math"
	"time"
)

// Millis is d in milliseconds, rounded up so that a short time is not none.
func Millis(d time.Duration) int64 {
	if d > math.MaxInt64-time.Millisecond {
		return int64(d / time.Millisecond)
	}
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

// FromMillis is the duration of ms milliseconds; one too long to hold is the
// longest there is.
func FromMillis(ms int64) time.Duration {
	if ms > math.MaxInt64/int64(time.Millisecond) {
		return math.MaxInt64
	}
	return time.Duration(ms) * time.Millisecond
}

// Time is a moment in milliseconds since 1970, 0 for the zero time.
func Time(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromTime is the inverse of Time.
func FromTime(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
