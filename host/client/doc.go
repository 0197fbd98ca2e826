// Package client talks to the host and starts one where none runs. It is on
// the path of every command, so it links neither a plugin host nor net/http.
//
// Which host answers:
//
//   - The one on the socket of the directories, when it is of the client's own
//     build.
//   - One of another build is asked to end; when its calls are done, our own is
//     started. A host that is ending is waited for in the same way.
//   - Where none is, one client starts it, under a lock, and the others wait.
//   - With NoHost a private one, started as a child and gone with the client.
//
// A request that a host did not take up was not begun, and is repeated. Once
// taken up it is never repeated: if the host dies, the error is Broken.
//
// A host that answers is waited for; silence is bounded, see Limits, and ends in
// an error that names the process.
//
// Errors are *fault.Error.
package client
