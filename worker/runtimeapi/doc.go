// Package runtimeapi serves the AWS Lambda Runtime API, version 2018-06-01, to
// one function for one call.
//
// The server listens on the loopback interface. Where that is shared with other
// processes the address carries a secret path, so that only who was given the
// address gets further than 404. A request that does not belong to the call (a
// second answer, another call's id) is refused with 403 and changes nothing.
//
// Event and result pass through in pieces and are never looked into.
package runtimeapi
