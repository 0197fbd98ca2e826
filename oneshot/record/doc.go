// Package record keeps what a component knows of its functions: one file per
// function, written as a whole and replaced at once, under one directory.
//
// The files are the truth. Several processes may use the same directory: a
// change is made under a lock file, a look takes no lock. A name is any text;
// in the file system it is escaped, so that it is safe and its case survives.
package record
