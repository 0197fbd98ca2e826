// Package program brings the worker programs into containers of any image, one
// of nothing included, without an image derived from it.
//
// They lie in one volume for each engine, build and architecture, which workers
// mount read-only (Mount) at Dir. A container that is never started, the keeper,
// holds it: its name is a digest of the programs, and it gets that name after
// the volume was filled and read back. So whoever finds the keeper finds a whole
// volume, of several that make one at once all but the first throw theirs away,
// and one that was killed leaves a volume without a name, to be collected.
//
// Hosts of one engine share the volume, so it belongs to none of them: Collect
// removes what nobody has used for long.
//
// The engine makes an empty volume of one that was removed. Then the container
// does not start, for want of its program: call Ensure again.
package program
