// Package registry keeps what must not be lost: functions with their immutable
// versions, runtimes, where versions are deployed, which calls there were
// (SQLite), and the packed code by its digest (Bundles).
//
// Several processes may have the same database open: besides the host, private
// hosts of single commands. Every change is one immediate transaction, so what
// is read in it holds until it is written, whoever else writes. A writer waits
// for others up to Options.Wait.
//
// A damaged database, one of a newer fn, a full disk, a read-only place: each
// is an error that names the file and what mends it. Nothing is ever deleted
// to get going again.
package registry
