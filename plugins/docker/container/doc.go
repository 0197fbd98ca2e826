// Package container starts workers that are containers of a Docker engine.
//
// A worker's container is created, attached and started before its call, and
// removes itself. Its entry process is fn-worker, from a volume that is mounted
// read-only; it speaks frames over the attached streams. When those end, because
// the call is over or because this process was killed, it ends with everything
// in it.
//
// The function in it has no capabilities and no way to any, is not root, sees a
// read-only file system but for its own directory and /tmp, which are in memory,
// and is bound in memory, processor time and processes. What it is given (code,
// environment, secrets) goes over the stream: the engine knows nothing of it.
//
// Where workers come and go, one starts in the network of a holder, see there, in
// about half the time: a holder serves one live worker at a time, and the next only
// when the last has left no socket and sent no packet.
//
// Everything that is made carries labels: see Owner.
package container
