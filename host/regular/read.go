package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrLarge is in the error of Read when a file has more than max bytes.
var ErrLarge = errors.New("too large")

// Read returns the content of a file of at most max bytes. It does not block
// in opening. Errors of the system keep their cause.
func Read(path string, max int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s, not a regular file", path, name(info.Mode()))
	}
	content, err := io.ReadAll(io.LimitReader(file, max+1))
	if err == nil && int64(len(content)) > max {
		err = fmt.Errorf("%s has more than %d bytes: %w", path, max, ErrLarge)
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}

// name says what a file is that is no regular one.
func name(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}
