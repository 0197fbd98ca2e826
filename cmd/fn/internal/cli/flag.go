package cli

import "strconv"

// Flag is one of the types below.
type Flag interface{ Spec() Spec }

// Spec is what all flags have.
type Spec struct {
	Name   string // without dashes
	Usage  string // what its value is stands in backquotes
	Value  string // where the flag is not given
	Switch bool   // --NAME alone says true; for others the value is the next word

	misfit func(value string) string
}

// Misfit says why a value is none for the flag; empty: it is one.
func (s Spec) Misfit(value string) string {
	if s.misfit == nil {
		return ""
	}
	return s.misfit(value)
}

// BoolFlag is true where it is given.
type BoolFlag struct{ Name, Usage string }

func (f *BoolFlag) Spec() Spec {
	return Spec{Name: f.Name, Usage: f.Usage, Value: "false", Switch: true, misfit: func(value string) string {
		_, err := strconv.ParseBool(value)
		return unless(err, "neither true nor false")
	}}
}

// StringFlag takes any text.
type StringFlag struct{ Name, Usage, Value string }

func (f *StringFlag) Spec() Spec { return Spec{Name: f.Name, Usage: f.Usage, Value: f.Value} }

// StringSliceFlag takes any text and may be given more than once.
type StringSliceFlag struct{ Name, Usage string }

func (f *StringSliceFlag) Spec() Spec { return Spec{Name: f.Name, Usage: f.Usage} }

// IntFlag takes a whole number.
type IntFlag struct {
	Name, Usage string
	Value       int
}

func (f *IntFlag) Spec() Spec {
	return Spec{Name: f.Name, Usage: f.Usage, Value: strconv.Itoa(f.Value), misfit: func(value string) string {
		_, err := strconv.Atoi(value)
		return unless(err, "no whole number")
	}}
}

// Float64Flag takes a number.
type Float64Flag struct {
	Name, Usage string
	Value       float64
}

func (f *Float64Flag) Spec() Spec {
	value := strconv.FormatFloat(f.Value, 'g', -1, 64)
	return Spec{Name: f.Name, Usage: f.Usage, Value: value, misfit: func(value string) string {
		_, err := strconv.ParseFloat(value, 64)
		return unless(err, "no number")
	}}
}

func unless(err error, what string) string {
	if err == nil {
		return ""
	}
	return what
}
