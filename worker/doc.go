// Package worker is the contract between a component and a worker: the messages
// on the worker's stream and Conn, the side that drives it.
//
// A worker is a process that serves exactly one call and is thrown away. It is
// started before the call and waits, blocked on a read of its stream. The
// stream is one pair of byte directions (a socket, or the attached stdin and
// stdout of a container) that carries frames, see package frame:
//
//	worker     Hello                                       ready
//	component  Inject, Code…, CodeEnd                      become this function
//	worker     Log…, Ack                                   it is loaded
//	component  Call, Event…, EventEnd                      the one call
//	worker     Log…, Result…, End                          how it ended
//
// A component on the machine of the worker may put the code into the worker's
// directory itself, once the worker is ready, and send none: Injection.Placed.
//
// In place of Hello or Ack the worker may send End with the failure. After End
// it ends by itself. A second Inject or Call is answered by End with a Conflict.
// The end of the stream, at any time, means that the component is gone: the
// worker kills all that the function started, removes its directory and exits.
//
// Bytes flow unbuffered in both directions at once, so a side that reads slowly
// slows the other one down and memory stays flat.
package worker
