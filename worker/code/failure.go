package code

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/fnhost/fn/worker"
)

func failed(kind worker.Kind, format string, args ...any) *worker.Failure {
	return &worker.Failure{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Storing explains why code could not be written: ResourceExhausted on a full
// disk, Invalid for a zip that is cut short, else Internal.
func Storing(err error) error {
	kind := worker.Internal
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		kind = worker.ResourceExhausted
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		kind = worker.Invalid
	}
	return failed(kind, "storing the code: %v", err)
}
