package sdk_test

import (
	"errors"
	"os"
)

func terminate(*os.Process) error { return errors.New("Windows has no SIGTERM") }
