// Package protocol holds what both ends of the wire share, host and plugin: the
// handshake, the transport's sizes, and how errors and enumerations travel. It
// knows the protobuf messages and package fault, not the Go interface.
package protocol
