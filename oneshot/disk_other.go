//go:build !unix

package oneshot

import "errors"

// FreeBytes is not known here.
func FreeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }
