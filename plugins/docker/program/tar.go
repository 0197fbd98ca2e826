package program

import (
	"archive/tar"
	"bytes"
	"strings"
)

// tarFile is a file to pack or, if its name ends in a slash, a directory.
type tarFile struct {
	name    string
	mode    int64
	content []byte
}

// pack gives the same bytes for the same files.
func pack(files ...tarFile) (*bytes.Buffer, error) {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: f.mode, Size: int64(len(f.content))}
		if strings.HasSuffix(f.name, "/") {
			header.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	return &packed, w.Close()
}
