// Package cli says what can be typed: commands, their flags and arguments. It
// describes and holds, it does not parse; help, completion and the parser of fn
// all read the same description.
//
// It is small on purpose. A library for command lines brings templates, regular
// expressions and reflection, which every start of fn would pay for.
package cli
