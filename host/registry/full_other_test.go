//go:build !linux

package registry

import "errors"

func fill(string) error { return errors.New("only on Linux") }
