// Package sandbox starts a process of this machine in namespaces of its own,
// where the kernel gives them to this user, and shows it a view of the files in
// which little can be written and some things are not there.
//
// A Spec says which namespaces and which View. Whoever starts the process adds
// the Spec to its attributes (Spec.Apply); the process itself, before anything
// else, calls Spec.Enter, which carries the view's Plan out and then gives up
// every capability, for good. Paths are the same inside and outside.
//
// A Plan is data, a list of system calls, so that a process which is not Go can
// carry one out as well: see Step.
//
// It keeps functions from harming each other and the user's files by mistake,
// and makes a lot harder to do on purpose. It is no boundary against hostile
// code: that shares the kernel, the network where it has one, and can read what
// the user can read, except for what is hidden.
package sandbox
