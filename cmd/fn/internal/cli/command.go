package cli

// Command is one word of a command line and what may follow it.
type Command struct {
	Name        string
	Usage       string // one line
	ArgsUsage   string // such as "NAME [EVENT]"; a final "..." takes any number
	Description string
	Category    string // the group it is listed in
	Flags       []Flag
	Subcommands []*Command
	Action      ActionFunc // nil: only its subcommands do something
}

// ActionFunc does what a command line asks.
type ActionFunc func(*Context) error

// Find is the flag of a name among flags; false: there is none.
func Find(flags []Flag, name string) (Spec, bool) {
	for _, f := range flags {
		if s := f.Spec(); s.Name == name {
			return s, true
		}
	}
	return Spec{}, false
}
