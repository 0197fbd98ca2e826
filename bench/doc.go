// Bench measures fn as its users meet it: whole processes, from before they
// are started until they have ended, on the installed executables.
//
//	go run ./bench -bin bin            all of it, some eight minutes
//	go run ./bench -bin bin -quick     a glance, a minute or two
//	go run ./bench -bin bin -only warm,cold -json figures.json
//	go run ./bench -bin bin -only docker,claims
//
// Milliseconds of one machine say little on another, so what matters is printed
// as a multiple of something measured in the same run, turn by turn with it, so
// that whatever disturbs the machine disturbs all alike.
//
// Everything happens in homes that are thrown away. Containers are measured where
// the docker command finds an engine with an image that has python3. The aims are
// printed beside the figures and not enforced: only a call that fails makes the
// exit code 1. docs/performance.md explains the figures.
package main
