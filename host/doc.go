// Package host is the background process behind the command line: it owns the
// plugin processes, the registry and the cached states, and serves the methods
// of package api.
//
// One host runs per FN_HOME, under a lock file; it is started by the first
// command that needs it and exits when it was idle long enough. A private host
// is the same program, without the lock, for one command.
//
// What is promised:
//
//   - A call uses exactly one component. When that component is ready, nothing
//     is validated and no process is started on the call's path.
//   - A plugin process belongs to one component and one environment: what of the
//     caller's environment the component may see. Another environment is another
//     process.
//   - The record of a call is written after the reply.
//   - No plugin outlives the host: each holds the read end of a pipe that ends
//     with it.
package host
