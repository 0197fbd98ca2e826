package main

import (
	"fmt"
	"strings"
)

// aim is what a figure should be, as the project has set itself, or what somebody
// claims that it is.
type aim struct {
	Text  string  `json:"text"`
	Value float64 `json:"value"`
	Met   bool    `json:"met"`
	Claim bool    `json:"claim,omitempty"`
	And   *aim    `json:"and,omitempty"` // another figure of the same row
}

func atMost(value, limit float64, unit string) *aim {
	return &aim{Text: strings.TrimSpace(fmt.Sprintf("≤ %g %s", limit, unit)), Value: value, Met: value <= limit}
}

func atLeast(value, limit float64, unit string) *aim {
	return &aim{Text: strings.TrimSpace(fmt.Sprintf("≥ %g %s", limit, unit)), Value: value, Met: value >= limit}
}

func (a *aim) and(b *aim) *aim {
	a.And = b
	return a
}

func (a *aim) claimed() *aim {
	a.Claim = true
	return a
}

func (a *aim) String() string {
	switch {
	case a == nil:
		return ""
	case a.Claim:
		return "claim " + a.outcome("true", "FALSE")
	default:
		return "aim " + a.outcome("met", "NOT met")
	}
}

func (a *aim) outcome(yes, no string) string {
	said := no
	if a.Met {
		said = yes
	}
	text := fmt.Sprintf("%s: %.2f, %s", a.Text, a.Value, said)
	if a.And != nil {
		text += "; " + a.And.outcome(yes, no)
	}
	return text
}
