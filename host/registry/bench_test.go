package registry

import (
	"fmt"
	"testing"
	"time"
)

// The record of a call is written after its reply; the aim is 0.1 ms.
func BenchmarkInsertCall(b *testing.B) {
	r := fresh(b)
	for i := 0; b.Loop(); i++ {
		c := Call{
			ID: fmt.Sprintf("%012x", i), Time: time.Now(), Function: "hello", Version: 1, Component: "local",
			Start: "warm", Outcome: "ok", Phases: Phases{Call: time.Millisecond, Total: time.Millisecond},
		}
		if err := r.InsertCall(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}

// The lookup is on the path of every call.
func BenchmarkCallable(b *testing.B) {
	r := fresh(b)
	for i := range 1000 {
		if _, err := r.CreateFunction(b.Context(), version(fmt.Sprintf("f%d", i), "a")); err != nil {
			b.Fatal(err)
		}
	}
	if err := r.PutDeployment(b.Context(), Deployment{Function: "f500", Component: "local", Version: 1, State: "deployed"}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.Callable(b.Context(), "f500"); err != nil {
			b.Fatal(err)
		}
	}
}
