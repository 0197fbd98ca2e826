package supervise

import (
	"fmt"

	"github.com/fnhost/fn/worker"
)

func failed(kind worker.Kind, format string, args ...any) *worker.Failure {
	return &worker.Failure{Kind: kind, Message: fmt.Sprintf(format, args...)}
}
