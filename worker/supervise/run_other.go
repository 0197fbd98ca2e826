//go:build !unix

package supervise

import (
	"runtime"

	"github.com/fnhost/fn/worker"
)

// Run fails: a worker needs process groups and descriptors to inherit.
func Run(Config) error {
	return &worker.Failure{Kind: worker.Unimplemented, Message: "there are no worker processes on " + runtime.GOOS}
}
