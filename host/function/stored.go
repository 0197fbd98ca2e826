package function

import (
	"archive/zip"
	"errors"
	"io"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// readStored is the code of a version that is there already, to look into.
func readStored(file string) (*code, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, fault.New(fault.Internal, "the stored code: %w", err).
			WithHint("fn update NAME PATH    stores it anew")
	}
	defer z.Close()
	c := &code{stored: file}
	for _, f := range z.File {
		c.files = append(c.files, bundle.File{Name: f.Name, Mode: f.Mode(), Size: int64(f.UncompressedSize64)})
	}
	return c, nil
}

// openStored opens one of the files of a bundle.
func openStored(file, name string) (io.ReadCloser, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, err
	}
	f, err := z.Open(name)
	if err != nil {
		z.Close()
		return nil, err
	}
	return storedFile{f, z}, nil
}

// storedFile is a file together with the bundle that it is in.
type storedFile struct {
	io.ReadCloser
	bundle io.Closer
}

func (f storedFile) Close() error { return errors.Join(f.ReadCloser.Close(), f.bundle.Close()) }
