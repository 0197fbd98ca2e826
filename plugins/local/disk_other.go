//go:build !unix

package local

import "errors"

// freeBytes is not known here.
func freeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }

// inode is not known here.
func inode(string) uint64 { return 0 }
