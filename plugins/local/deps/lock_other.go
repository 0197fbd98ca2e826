//go:build !unix

package deps

import (
	"errors"
	"os"
)

func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }

func full(error) bool { return false }
