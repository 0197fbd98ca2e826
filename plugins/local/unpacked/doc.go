// Package unpacked keeps the code of functions unpacked, each bundle once, so that
// a call waits for no more than a copy of it.
//
// A Shelf is a directory of this process alone. What is in it was unpacked of a
// bundle that had the digest it is called by. It holds a bounded number of trees
// and of bytes; what was not used for longest goes first, but never while it is
// copied. Nothing is lost with it: a caller that gets no tree sends the bundle
// instead, and whatever is wrong with it is for the worker to say.
package unpacked
