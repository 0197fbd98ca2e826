package cli

import (
	"context"
	"strconv"
)

// Context is one command line, understood: what an action works with. Flags are
// asked for by their name and type.
type Context struct {
	Context context.Context // ends when the command is to end
	Command *Command
	args    Args
	values  []Value
}

// Value is one flag as it was typed.
type Value struct{ Name, Text string }

// NewContext puts a command line together. Values must fit their flags, see
// Spec.Misfit; of several for one flag the last counts.
func NewContext(ctx context.Context, command *Command, values []Value, args []string) *Context {
	return &Context{Context: ctx, Command: command, values: values, args: args}
}

// Args are the words that are neither command nor flag.
func (c *Context) Args() Args { return c.args }

// NArg is how many there are.
func (c *Context) NArg() int { return len(c.args) }

// IsSet tells whether a flag was given.
func (c *Context) IsSet(name string) bool { return len(c.given(name)) > 0 }

// String is the value of a flag, or its standard one.
func (c *Context) String(name string) string {
	if given := c.given(name); len(given) > 0 {
		return given[len(given)-1]
	}
	flag, _ := Find(c.Command.Flags, name)
	return flag.Value
}

// StringSlice is every value of a flag, in their order.
func (c *Context) StringSlice(name string) []string { return c.given(name) }

// Bool is the value of a BoolFlag.
func (c *Context) Bool(name string) bool {
	value, _ := strconv.ParseBool(c.String(name))
	return value
}

// Int is the value of an IntFlag.
func (c *Context) Int(name string) int {
	value, _ := strconv.Atoi(c.String(name))
	return value
}

// Float64 is the value of a Float64Flag.
func (c *Context) Float64(name string) float64 {
	value, _ := strconv.ParseFloat(c.String(name), 64)
	return value
}

func (c *Context) given(name string) (texts []string) {
	for _, v := range c.values {
		if v.Name == name {
			texts = append(texts, v.Text)
		}
	}
	return texts
}

// Args are the arguments of a command.
type Args []string

// First is the first one; empty: there is none.
func (a Args) First() string { return a.Get(0) }

// Get is the one at i; empty: there is none.
func (a Args) Get(i int) string {
	if i >= len(a) {
		return ""
	}
	return a[i]
}

// Tail is all but the first.
func (a Args) Tail() []string { return a[min(1, len(a)):] }

// Slice is all of them.
func (a Args) Slice() []string { return a }

// Len is how many there are.
func (a Args) Len() int { return len(a) }
