//go:build unix

package supervise

import (
	"fmt"
	"syscall"

	"github.com/fnhost/fn/worker"
)

// diedType is the error type of a process that ended by itself, without a
// word; named as on AWS Lambda.
const diedType = "Runtime.ExitError"

// died turns the end of the function's process into a failure; nil for a
// process that exited with 0.
func died(status syscall.WaitStatus) *worker.Failure {
	if status.Exited() && status.ExitStatus() == 0 {
		return nil
	}
	message, exit := fmt.Sprintf("exit status %d", status.ExitStatus()), status.ExitStatus()
	if status.Signaled() {
		message, exit = "killed by signal: "+status.Signal().String(), 0
	}
	return &worker.Failure{
		Kind: worker.FunctionFailed, Message: message,
		Function: &worker.FunctionError{ErrorMessage: message, ErrorType: diedType, ExitStatus: exit},
	}
}

// noResult says of a process that exited with 0 what it did wrong.
const noResult = "the function ended its process without a result"

// unanswered is the failure of a process that ended in place of an answer;
// message is for one that exited with 0.
func unanswered(c Child, message string) *worker.Failure {
	if failure := died(c.Status()); failure != nil {
		return failure
	}
	return &worker.Failure{
		Kind: worker.FunctionFailed, Message: message,
		Function: &worker.FunctionError{ErrorMessage: "exit status 0", ErrorType: diedType},
	}
}
