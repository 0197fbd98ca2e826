//go:build !linux

package hold

import (
	"errors"
	"runtime"
)

func look(sight) (sight, error) {
	return sight{}, errors.New("there are no network namespaces on " + runtime.GOOS)
}

func sent() (uint64, error) { return 0, nil }
