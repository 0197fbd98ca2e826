// Package bundle packs a function's code into a zip and unpacks it.
//
// Packing is reproducible: the same files give the same bytes on every machine,
// so the digest says whether the code changed. Entries are regular files only,
// sorted by name, dated 1980-01-01, with mode 0755 where the owner may execute
// and 0644 otherwise (always 0755 when packed on Windows, which does not tell).
// Empty directories are left out. A link to something inside the directory is
// packed as what it points to; one that leads out of it, or is absolute, is
// refused, so that nothing is packed that the user did not mean.
//
// What .fnignore in the directory matches is left out; so are version control,
// caches, fn.toml, whose settings are no code, and Options.Exclude.
package bundle
