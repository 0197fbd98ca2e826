// Package tomlfile reads the small TOML files that people write for fn, and
// reads them strictly: a key that nobody knows, or a value of the wrong type,
// is an error that names file and line and suggests the key that was meant.
//
// A reader takes what it knows from a Table and asks for the error at the end:
//
//	t, err := tomlfile.Read(path)
//	…
//	name := t.String("name")
//	env := t.Strings("env")
//	t.Only("name", "env")
//	return t.Err()
//
// Of several mistakes Err reports the one that stands first in the file.
package tomlfile
