// Package hold is the program of a container that keeps a network namespace
// which workers join one after the other, and tells whether the last one has
// left a socket in it or sent anything.
//
// Once it has looked around it writes "ready\n". To each line "check\n" it
// answers "clean\n" or "left: …\n", one line that names sockets which were not
// there when it got ready: those belong to the engine. A connection that the
// kernel keeps for a while after its process (TIME_WAIT, 60 s) is one,
// and so is a flow label of IPv6.
//
// Nor is a namespace clean from which an IP packet was sent, even to itself: an
// answer to one, or an error, may come late and reach the next worker at the
// same port, and the kernel remembers peers (connection tracking of the machine,
// metrics of routes). What was received unasked does not count.
//
// The end of its input ends it.
package hold
