//go:build !unix

package worker

import (
	"os"
	"runtime"
)

// Pair fails: this system has no socket pairs.
func Pair() (ours, theirs *os.File, err error) {
	return nil, nil, &Failure{Kind: Unimplemented, Message: "there are no worker processes on " + runtime.GOOS}
}
