// Package template keeps an interpreter that has everything loaded and makes
// workers by forking itself, before a call needs one: a fork costs a tenth of
// an interpreter's start.
//
// A Template is one process, in a sandbox of its own, that never runs a
// function. Each worker is a fork in fresh namespaces with two processes: number
// 1, which made its sandbox and reaps, and the function's. A worker ends with
// its number 1, that with the template, and the template with its control
// socket, which this process holds.
//
// What the forks of one template have in common is the layout of their memory
// and the seed of their hashes. So a template is replaced now and then, see Keeper.
//
// It needs Linux 5.12, and a user who may make namespaces.
package template
