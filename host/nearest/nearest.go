// Package nearest finds the name that was meant by one that nobody knows.
package nearest

import (
	"fmt"
	"strings"

	"github.com/xrash/smetrics"
)

// Name is the known name nearest to name; empty when more than half of it, or
// more than three letters, would have been mistyped.
func Name(name string, known []string) string {
	best, least := "", min(len(name)/2, 3)
	for _, k := range known {
		if d := smetrics.WagnerFischer(strings.ToLower(name), strings.ToLower(k), 1, 1, 1); d <= least {
			best, least = k, d-1
		}
	}
	return best
}

// Suggest ends a sentence about an unknown name: with the one that was
// probably meant, else with all known ones.
func Suggest(name string, known []string) string {
	switch best := Name(name, known); {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(known) == 0:
		return ""
	default:
		return "; known are " + strings.Join(known, ", ")
	}
}
