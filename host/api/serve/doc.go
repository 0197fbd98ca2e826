// Package serve is the host's side of package api: it turns functions into
// HTTP handlers that speak the contract. What a method does is the host's
// affair; how it is asked and answered is decided here.
//
// It is apart from package api because net/http adds a fifth to the start-up
// of the thin command line, which needs none of it.
package serve
