// Package api is the contract between the command line and the host: the
// methods, their request and response types, and how they travel.
//
// Transport: HTTP/1.1 over a private unix socket. Every method is a POST to
// /v1/<name> with one JSON object, a Call: the request proper, the caller's
// environment and working directory, and the caller's build. The answer is a
// stream of JSON objects, one a line: any number of notes and progress, then
// exactly one result or error. A caller of another build gets status 409 and
// the host's build, and nothing was done.
//
// Run alone is not a JSON method: event and result are unbounded bytes in both
// directions at once. It upgrades its connection to frames, see frame.go.
//
// The package imports the standard library, without net/http, and sdk/fault
// only: it is linked into the thin command line. The two ends are package serve
// below it (serve.Handle, serve.HandleRun) and package client.
package api
