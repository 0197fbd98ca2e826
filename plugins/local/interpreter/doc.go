// Package interpreter finds the interpreter of a language that a PATH leads
// to: the executable itself and its version.
//
// What a PATH holds may be a script that chooses between installations, at 30 to
// 100 ms a start. It is asked once; the answer is kept in a file until that
// script or what it led to changes.
package interpreter
