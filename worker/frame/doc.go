// Package frame is the codec of a worker's stream: one byte of type, four
// bytes of big-endian payload length, the payload.
//
// The stream carries two directions. Towards the worker: Inject, Code…,
// CodeEnd, Call, Event…, EventEnd. From the worker: Hello, Ack, Log…, Result…,
// End. What the payloads hold is said in package worker; this package knows
// only where one ends and the next begins.
//
// A Reader refuses what it does not know rather than skipping it: a stream that
// is out of step cannot be trusted again.
package frame
