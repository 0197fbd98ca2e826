// Package function turns what a user gives (flags, fn.toml, a directory of
// code) into a complete definition of a function's next version, and a stored
// version into what a component or a caller is told of it.
//
// What decides a setting, first to last: the flag, fn.toml, the previous
// version, the default. [env], [secrets] and [on] of fn.toml replace the
// previous version's as a whole, so that fn.toml tells all; --env adds to them.
//
// Where no runtime or handler is given, the code is looked at: what fits alone
// is taken and said in a note, anything else is Invalid with what was looked
// for.
package function
