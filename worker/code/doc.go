// Package code makes files of the zip in which the code of a function travels,
// and copies of these files.
//
// Unpack need not trust the zip: whatever it holds, nothing is written outside of
// one directory, no link leads out of it, and number and size are bounded. A Tree
// is what was unpacked. Its copies cost no inflating and no look at the zip: 8 MB
// take some 3 ms where unpacking takes 50, and nothing where the file system
// shares the content of files.
//
// The errors are of type *worker.Failure, but for ErrDamaged.
package code
