// Package sdktest holds a component to the contract of package sdk:
//
//	func TestConformance(t *testing.T) {
//		sdktest.Run(t, sdktest.Subject{New: func(testing.TB) sdk.Component { return &component{} }})
//	}
//
// The component is always reached over gRPC, as a host does, and judged by what
// it announces: functions of the suite's own are deployed and called in each
// announced language, up to the announced limits and one byte beyond. A failure
// quotes the sentence of the contract that does not hold.
//
// The suite has functions in "exec" (needs sh, cat, wc, head, tr, sleep where
// the functions run), "python", "node" and "provided" (needs the go command where the
// suite runs, sh and sleep where the functions do); other languages are skipped
// and say so.
package sdktest
