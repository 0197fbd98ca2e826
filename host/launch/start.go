package launch

import (
	"context"

	"github.com/fnhost/fn/sdk/fault"
)

// Start starts the plugin, shakes hands and asks what it is. When it fails, nothing of the
// process is left. The error has the kind Broken, or that of ctx when ctx ended
// first.
func Start(ctx context.Context, s Spec) (*Process, error) {
	p, err := start(ctx, s)
	if err != nil {
		return nil, fault.From(err).In(s.Component, "start")
	}
	return p, nil
}

func start(ctx context.Context, s Spec) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.Checksums == nil {
		s.Checksums = new(Checksums) // it is asked twice
	}
	if err := checkFile(s); err != nil {
		return nil, err
	}
	if err := verify(s); err != nil {
		return nil, err
	}
	if err := makeSocketDir(s.SocketDir); err != nil {
		return nil, err
	}
	a := newAttempt(s)
	err := a.connect(ctx)
	if err == nil {
		// The file may have been replaced between checksum and exec.
		err = verify(s)
	}
	if err != nil {
		a.abandon()
		return nil, err
	}
	return newProcess(a), nil
}
