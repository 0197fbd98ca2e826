// Package faults holds the tests of the whole stack under faults: real
// executables are killed, started fifty at once, replaced by another build, run
// out of disk, given damaged files and homes that cannot be written.
//
// The executables are those of the component local in the directory that
// FN_TEST_BIN names, or else are built for the tests. Each test has a home of its own below /tmp, whose
// name marks every process that belongs to it; when the test ends its host is
// stopped, and nothing may be left but what the home is for.
//
// The tests look for processes in /proc, so they are for Linux.
package faults
