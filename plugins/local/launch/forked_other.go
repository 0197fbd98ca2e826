//go:build !linux

package launch

import (
	"context"
	"errors"

	"github.com/fnhost/fn/worker/template"
)

// forked fails: there are no templates on this system.
func (l *Launcher) forked(context.Context, Kind, *template.Template) (*Worker, error) {
	return nil, errors.ErrUnsupported
}
