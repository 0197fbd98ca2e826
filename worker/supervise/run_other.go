//go:build !unix

package supervise

import (
	"io"
	"runtime"

	"github.com/fnhost/fn/worker"
)

// Served is a worker that is served by the component's process.
type Served struct {
	Stream    io.ReadWriteCloser
	HungUp    func() bool
	Contained bool
	Dir       string
	Environ   []string
}

// Serve fails, as Run does.
func Serve(Served) error { return Run(Config{}) }

// Run fails: a worker needs process groups and descriptors to inherit.
func Run(Config) error {
	return &worker.Failure{Kind: worker.Unimplemented, Message: "there are no worker processes on " + runtime.GOOS}
}
