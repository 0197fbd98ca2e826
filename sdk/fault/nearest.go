package fault

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// Nearest is the word of known that someone who wrote word most likely meant:
// the one with the fewest edits, at most one for every three letters of the
// longer of the two; none is "".
func Nearest(word string, known []string) string {
	best, least := "", math.MaxInt
	for _, candidate := range known {
		letters := max(utf8.RuneCountInString(word), utf8.RuneCountInString(candidate))
		if d := distance(word, candidate); d < least && d <= letters/3 {
			best, least = candidate, d
		}
	}
	return best
}

// Suggest ends a sentence about an unknown word: with the one that was probably
// meant, else with all that are known.
func Suggest(word string, known []string) string {
	switch best := Nearest(word, known); {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(known) == 0:
		return ""
	default:
		return "; known are " + strings.Join(known, ", ")
	}
}

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours between a and b (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
