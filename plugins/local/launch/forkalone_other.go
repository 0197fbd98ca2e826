//go:build !linux

package launch

import (
	"context"
	"errors"
)

// ForkAlone fails on this system.
func (l *Launcher) ForkAlone(context.Context, Kind) (*Worker, func(), error) {
	return nil, nil, errors.New("only Linux has namespaces")
}
