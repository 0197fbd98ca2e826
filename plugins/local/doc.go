// Package local is the component that runs functions as processes of this
// machine. It needs nothing to be installed but what a function itself needs.
//
// A call gets a worker that was started before it and that is ended after it,
// see package launch; package worker/pool keeps some waiting. Nothing is shared
// between calls: each has its own process, directory, home and tmp. The process
// is one of the user's, though, with the user's rights: it is no boundary
// against hostile code.
//
// What must be remembered of functions, and what they printed, is in the state
// directory (packages record, logbook), which several processes of the
// component may share. What is known of running calls is of this process alone.
package local
