package filelock

import (
	"context"
	"os"
	"time"
)

// pause is between two looks at a lock that another process holds.
const pause = 50 * time.Millisecond

// Wait is Lock that the context ends; held is called once if another process
// holds f.
func Wait(ctx context.Context, f *os.File, held func()) error {
	for waits := false; ; waits = true {
		ours, err := Try(f)
		if ours || err != nil {
			return err
		}
		if !waits {
			held()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}
