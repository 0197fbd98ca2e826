// Package catalog holds the state of every component: what was observed of it
// last, how long that may be believed, and who provides which verb.
//
// Its rule: a component that is ready costs a call nothing, and a stale no is
// never final. Ready answers from the cache whenever the cache says ready,
// however old that is, and looks again in the background when it has expired.
// A component that is not known to be ready is validated at once, once for all
// who wait for it.
//
// A component is observed per key: the digest of all that decides the outcome,
// see Key. Another executable, manifest section, build of fn or environment is
// another observation.
//
// The cache is a file, components.json (api.ComponentsFile), which the command
// line reads. Components stand in manifest order, and of one component's
// observations the newest is first. The file is written by one host, atomically,
// before the method that made the observation returns. It holds nothing that
// cannot be found out again: missing, damaged or of another format, it is
// rebuilt; not writable, the catalog works on from memory.
package catalog
