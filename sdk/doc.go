// Package sdk is what the author of a component imports: the Component
// interface, the values that cross it, its errors, and Main, which turns a
// Component into a plugin executable.
//
//	func main() { sdk.Main(&component{}) }
//
// A component is a place where functions run. It has five verbs; optional
// abilities are small interfaces (Remover, LogReader, PoolReporter, Preparer,
// Collector, Watcher, Configurer) found by type assertion. What it announces in Describe is what the host
// refuses early by, and what package sdktest holds it to.
//
// # The contract in short
//
//   - Describe is pure and immediate. Configure comes once, before any other verb.
//   - Every other method may be called from many goroutines at once.
//   - A canceled context ends the method soon; whether it ends the user's
//     function too is announced (Limits.CancelEndsCall).
//   - Errors are made with Errorf and carry a kind; any other error is Internal.
//   - What the function prints goes to Output.Log, what it answers to Output
//     itself; the two never mix.
//   - A plugin's standard input carries nothing; when it ends the host is gone,
//     and Main ends the process after closing the component (io.Closer).
package sdk
