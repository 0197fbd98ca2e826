//go:build !linux

package confine

import (
	"context"
	"errors"

	"github.com/fnhost/fn/worker/sandbox"
)

func try(context.Context, Config, sandbox.Spec) error {
	return errors.New("only Linux has namespaces")
}
