// Package regular reads files that people name. Such a file may be anything: a
// pipe that nobody writes to, a device without an end. Reading one must neither
// wait for anybody nor fill the memory, so only regular files are read, up to a
// limit.
package regular
