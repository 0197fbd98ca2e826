package catalog

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"github.com/fnhost/fn/sdk"
)

// Target is a component as one caller sees it.
type Target struct {
	Name   string // in the manifest
	Plugin string // path of its executable
	SHA256 string // of that, where known; see Catalog.Env
	Key    string // see Key
	Entry  any    // what Probe needs to find the component again; never looked at here
}

// ErrMoved is what a Probe returns for a target that turned out to be another:
// nothing is kept of it.
var ErrMoved = errors.New("the component is to be found under another key")

// Probe starts the target's plugin if need be and asks what it is, which verbs
// of api.Verbs it provides, and whether it is ready. It honours ctx. An error
// of kind Broken makes the component broken, any other unavailable. What is
// known of the component is returned with an error too.
type Probe func(ctx context.Context, t Target) (sdk.Description, []string, sdk.Validation, error)

// Key digests all that decides how a validation ends (the plugin's checksum,
// its section of the manifest, the build of fn, what the component may see of
// the environment) under a secret of this host: without it nobody can tell from
// a key what the environment was, not even by trying likely values.
func Key(secret []byte, parts ...string) string {
	h := hmac.New(sha256.New, secret)
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
