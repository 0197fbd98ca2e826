package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

// Sum is a file's sha256 as plugins.lock writes it.
func Sum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}
