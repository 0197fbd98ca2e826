// Package pool keeps workers started and waiting, so that a call finds one.
//
// A worker belongs to a key: what it was started as. A call names the keys that
// can serve it in order of preference, such as workers that have its function
// loaded (specialised), then any of its runtime (generic). It takes a waiting
// worker of the first key that has one, else it waits for the last. It uses the
// worker once and gives it back to be stopped; then another one is started.
// What a worker is and how one is started is the caller's: see Config.
//
//   - There is one queue, first in first out. While calls wait in it, the next
//     worker started is of the key at its head that nothing is being started
//     for. While none waits, it is of the key furthest under its size.
//   - Starts and stops together leave the calls room: at most Parallel at a
//     time, all cores only while a call waits.
//   - A worker is handed out at most once. A call is never lost: it gets a
//     worker or an error.
//   - Workers that wait count with the memory they were measured to hold, those
//     being started with what the last of their key held, those handed out with
//     what their call may use. Nothing is started, and no call begins, that
//     would make the sum larger than Memory; waiting workers make room for calls.
//   - A start that fails is told to the call that waits for it. Without one it
//     is repeated after a pause that doubles each time, up to 30 seconds.
//
// How many workers of a key ought to wait is a Policy's decision: Peak or Mean.
package pool
