package main

import (
	"fmt"
	"strings"
)

// aim is what a figure should be, as the project has set itself.
type aim struct {
	Text  string  `json:"text"`
	Value float64 `json:"value"`
	Met   bool    `json:"met"`
}

func atMost(value, limit float64, unit string) *aim {
	return &aim{strings.TrimSpace(fmt.Sprintf("≤ %g %s", limit, unit)), value, value <= limit}
}

func atLeast(value, limit float64, unit string) *aim {
	return &aim{strings.TrimSpace(fmt.Sprintf("≥ %g %s", limit, unit)), value, value >= limit}
}

func (a *aim) String() string {
	switch {
	case a == nil:
		return ""
	case a.Met:
		return fmt.Sprintf("aim %s: %.2f, met", a.Text, a.Value)
	default:
		return fmt.Sprintf("aim %s: %.2f, NOT met", a.Text, a.Value)
	}
}
