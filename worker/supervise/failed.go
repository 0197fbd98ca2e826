package supervise

import (
	"fmt"

	"github.com/fnhost/fn/worker"
)

func failed(kind worker.Kind, format string, args ...any) *worker.Failure {
	return &worker.Failure{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// missing is failed for want of a program.
func missing(kind worker.Kind, program, format string, args ...any) *worker.Failure {
	f := failed(kind, format, args...)
	f.Missing = program
	return f
}
