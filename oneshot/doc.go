// Package oneshot is what components have in common whose functions run in
// workers that serve one call each: processes of a machine, containers. A Server
// implements the verbs of such a component but for Describe and Validate. What a
// worker is, how one is started, and what a runtime needs before is the Backend's
// affair.
//
//   - Which functions are deployed, and which stopped, is kept in files: see
//     package record. So are their logs: see package logbook.
//   - Workers wait in a pool, see package pool of the module worker: generic ones
//     of the kind that a runtime needs, and as many with a function loaded as it
//     wants (warm in its fn.toml).
//   - A call is served once: a worker that dies is replaced only while it cannot
//     have known anything of the call. The reply comes first, the worker's end
//     and the log afterwards.
package oneshot
