// Bench measures fn as its users meet it: whole processes, from before they
// are started until they have ended, on the installed executables.
//
//	go run ./bench -bin bin            all of it, under four minutes
//	go run ./bench -bin bin -quick     a glance, under half a minute
//	go run ./bench -bin bin -only warm,cold -json figures.json
//
// Milliseconds of one machine say little on another, so what matters is printed
// as a multiple of something measured in the same run, turn by turn with it, so
// that whatever disturbs the machine disturbs all alike.
//
// Everything happens in a home that is thrown away. The aims are printed beside
// the figures and not enforced: only a call that fails makes the exit code 1.
// docs/performance.md explains the figures.
package main
