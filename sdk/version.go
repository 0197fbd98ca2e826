package sdk

import (
	"math"
	"strconv"
	"strings"
)

// CompareVersions is negative when a is older than b, 0 when they are equal and
// positive when a is newer: "20.10" is newer than "9". What is not a number
// counts as follows.
//
//   - Text before the first digit ("v", "Python ") and build data after "+" are
//     skipped; missing numbers are 0, so "1.2" equals "1.2.0".
//   - dev, alpha or a, beta or b, pre, rc or c come, in this order, before the
//     release itself: "1.2-rc1" is older than "1.2".
//   - Any other word ends the version: "5.10.0-generic" equals "5.10".
func CompareVersions(a, b string) int {
	x, y := versionNumbers(a), versionNumbers(b)
	for i := range max(len(x), len(y)) {
		if d := at(x, i) - at(y, i); d != 0 {
			return max(-1, min(d, 1))
		}
	}
	return 0
}

func at(numbers []int, i int) int {
	if i < len(numbers) {
		return numbers[i]
	}
	return 0
}

// versionNumbers reads a version as numbers, with those below zero for words
// that come before a release.
func versionNumbers(v string) []int {
	v, _, _ = strings.Cut(strings.ToLower(v), "+")
	if first := strings.IndexFunc(v, isDigit); first >= 0 {
		v = v[first:]
	}
	var numbers []int
	for v != "" {
		token := v[:run(v)]
		v = v[len(token):]
		switch {
		case isDigit(rune(token[0])):
			n, err := strconv.Atoi(token)
			if err != nil {
				n = math.MaxInt32 // more digits than an int holds
			}
			numbers = append(numbers, min(n, math.MaxInt32))
		case isLetter(rune(token[0])):
			before := prerelease(token)
			if before == 0 {
				return numbers
			}
			numbers = append(numbers, before)
		}
	}
	return numbers
}

func prerelease(word string) int {
	switch word {
	case "dev":
		return -5
	case "alpha", "a":
		return -4
	case "beta", "b":
		return -3
	case "pre", "preview":
		return -2
	case "rc", "c":
		return -1
	}
	return 0
}

// run is the length of the digits, letters or other bytes that v begins with.
func run(v string) int {
	class := func(r rune) int {
		switch {
		case isDigit(r):
			return 0
		case isLetter(r):
			return 1
		}
		return 2
	}
	first := class(rune(v[0]))
	for i, r := range v {
		if class(r) != first {
			return i
		}
	}
	return len(v)
}

func isDigit(r rune) bool  { return '0' <= r && r <= '9' }
func isLetter(r rune) bool { return 'a' <= r && r <= 'z' }
