// Package dirs knows where everything of fn lives.
//
//	Linux    the XDG directories, each with fn below it
//	macOS    ~/Library/Application Support, Caches and Logs
//	Windows  %AppData% and %LocalAppData%
//
// FN_HOME=DIR puts all of it below DIR instead. Two sets of directories never
// share a runtime directory, so never a host: its name is derived from them.
//
// Find only looks and computes. Prepare makes the directories and is called by
// what is about to use them: help and version never do.
//
// The package is linked into the thin command line and imports the standard
// library and sdk/fault only.
package dirs
