//go:build unix

package supervise

import (
	"os"

	"github.com/fnhost/fn/worker/process"
)

// startTapped starts a function's process and passes on what it writes to its
// standard output and standard error.
func startTapped(spec process.Spec, stdin *os.File, stdout, stderr func([]byte) error) (Child, []*tap, error) {
	out, outEnd, err := newTap(stdout)
	if err != nil {
		return nil, nil, err
	}
	defer outEnd.Close()
	log, logEnd, err := newTap(stderr)
	if err != nil {
		return nil, nil, err
	}
	defer logEnd.Close()
	spec.Files = []*os.File{stdin, outEnd, logEnd}
	started, err := process.Start(spec)
	if err != nil {
		return nil, nil, err
	}
	return started, []*tap{out, log}, nil
}
