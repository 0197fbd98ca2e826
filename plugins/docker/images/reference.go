package images

import (
	"strings"

	named "github.com/distribution/reference"
	"github.com/fnhost/fn/sdk"
)

// reference is what a user writes for an image.
type reference struct {
	written string
	key     string // one for all the ways to write it
	host    string // of its registry, "docker.io"; "" of an image ID, which none has
	name    string // without tag and digest, "docker.io/library/python"
}

// Check refuses what cannot be a reference.
func Check(ref string) error {
	_, err := parse(ref)
	return err
}

func parse(written string) (reference, error) {
	written = strings.TrimSpace(written)
	parsed, err := named.ParseAnyReference(written)
	if err != nil {
		return reference{}, sdk.Errorf(sdk.Invalid, "%q names no image: %w", written, err).
			WithHint("write NAME:TAG, HOST/NAME:TAG, NAME@sha256:DIGEST or an image ID")
	}
	full, ok := parsed.(named.Named)
	if !ok {
		return reference{written: written, key: parsed.String()}, nil
	}
	full = named.TagNameOnly(full)
	return reference{written: written, key: full.String(), host: named.Domain(full), name: full.Name()}, nil
}
