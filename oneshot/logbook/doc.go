// Package logbook keeps the last lines that each function printed: JSON lines in
// a file per function, which is put aside when it is full; what was put aside
// before that is gone.
//
// Lines are gathered while a call runs and written when it is over, away from
// the path of the reply. Several processes may write to the same function's
// book: a call's lines are appended as one block.
package logbook
