package bundle

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// The largest bundle, packed or unpacked.
const (
	MaxFiles = 100_000
	MaxBytes = 2 << 30 // of all files, before compression
)

// Options narrow what Pack takes. Zero limits mean MaxFiles and MaxBytes, which
// cannot be exceeded.
type Options struct {
	MaxFiles int
	MaxBytes int64
	// Exclude are the paths of files of a directory that are not packed under
	// any name: neither as themselves nor where a link leads to them. Those that
	// are not there are no error.
	Exclude []string
}

// File is one packed file.
type File struct {
	Name string // relative, slash-separated
	Mode fs.FileMode
	Size int64 // bytes, before compression
}

// Summary says what was packed.
type Summary struct {
	Digest string // of the zip: "sha256:" and 64 hexadecimal digits
	Size   int64  // of the zip, bytes
	Files  []File // by name
}

// Pack writes the code at path, a directory or a single file, as a zip to w.
// What w was given is complete only when the error is nil. Errors: NotFound (no
// such path), Invalid (nothing to pack, a link that leads out, something that
// is no file), ResourceExhausted (over a limit), PermissionDenied.
func Pack(w io.Writer, path string, o Options) (Summary, error) {
	files, root, err := list(path, o.withDefaults())
	if err != nil {
		return Summary{}, err
	}
	defer root.Close()
	sum := &digester{w: w, hash: sha256.New()}
	z := zip.NewWriter(sum)
	summary := Summary{Files: files}
	left := o.withDefaults().MaxBytes
	for i := range files {
		n, err := add(z, root, files[i], left)
		if err != nil {
			return Summary{}, err
		}
		summary.Files[i].Size = n
		if left -= n; left < 0 {
			return Summary{}, tooLarge(o.withDefaults().MaxBytes)
		}
	}
	if err := z.Close(); err != nil {
		return Summary{}, writeError(err)
	}
	summary.Digest = "sha256:" + hex.EncodeToString(sum.hash.Sum(nil))
	summary.Size = sum.size
	return summary, nil
}

// epoch is the earliest date that a zip can hold.
func epoch() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

// add packs one file and returns its size; at most one byte more than left.
func add(z *zip.Writer, root *os.Root, f File, left int64) (int64, error) {
	source, err := root.Open(filepath.FromSlash(f.Name))
	if err != nil {
		return 0, readError(f.Name, err)
	}
	defer source.Close()
	header := &zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: epoch()}
	header.SetMode(f.Mode)
	entry, err := z.CreateHeader(header)
	if err != nil {
		return 0, writeError(err)
	}
	counted := &reader{r: io.LimitReader(source, left+1)}
	n, err := io.Copy(entry, counted)
	if counted.err != nil {
		return n, readError(f.Name, counted.err)
	}
	if err != nil {
		return n, writeError(err)
	}
	return n, nil
}

func (o Options) withDefaults() Options {
	if o.MaxFiles <= 0 || o.MaxFiles > MaxFiles {
		o.MaxFiles = MaxFiles
	}
	if o.MaxBytes <= 0 || o.MaxBytes > MaxBytes {
		o.MaxBytes = MaxBytes
	}
	return o
}

// digester hashes and counts what it passes on.
type digester struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func (d *digester) Write(p []byte) (int, error) {
	n, err := d.w.Write(p)
	d.hash.Write(p[:n])
	d.size += int64(n)
	return n, err
}

// reader remembers a failed read, which io.Copy does not tell from a failed
// write.
type reader struct {
	r   io.Reader
	err error
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

func tooLarge(limit int64) error {
	return fault.New(fault.ResourceExhausted, "the code is larger than %d MiB", limit>>20).
		WithHint("leave out what the function does not need: add it to %s", IgnoreFile)
}

func readError(name string, err error) error {
	kind := fault.Unavailable
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind = fault.NotFound
	case errors.Is(err, fs.ErrPermission):
		kind = fault.PermissionDenied
	}
	return fault.New(kind, "pack %s: %w", name, err)
}

func writeError(err error) error {
	return fault.New(fault.KindOf(err), "pack: %w", err)
}
