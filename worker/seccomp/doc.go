// Package seccomp keeps this process, and all that it will start, from system
// calls that no function needs: what is left is what Docker's own profile leaves
// a container without capabilities, of the machine's own architecture alone.
//
// An engine can install that profile itself, but it compiles it anew for each
// container, which is a tenth of the processor time of a start. Here it is a
// short program that is ready.
package seccomp
