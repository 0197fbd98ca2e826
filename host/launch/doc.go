// Package launch runs one plugin process: it verifies the executable, starts it
// with nothing of the host but what is given, shakes hands, and afterwards says
// how it ended.
//
// What holds for every process:
//
//   - Its executable has the wanted sha256 at the moment of exec.
//   - Its environment is Spec.Env and what go-plugin needs, its working
//     directory is the root, its descriptors are 0, 1 and 2.
//   - Its standard input is a pipe on which nothing is ever written. End of file
//     there means that the host is gone, however it went: the kernel closes the
//     other end even of a host that was killed.
//   - It leads a process group of its own. When it ends, asked or not, what is
//     left of the group is killed.
//   - It listens on a unix socket in a 0700 directory of its own, which is
//     removed when the process has ended. One that listens elsewhere is refused.
//
// Every failure is a *fault.Error of kind Broken with what mends it, unless the
// caller's context ended.
//
// On Windows there are no process groups and no unix sockets: only the plugin
// itself is killed, not what it started, and the channel is TCP on the loopback
// interface under mutual TLS.
package launch
