package host

import (
	"context"

	"github.com/fnhost/fn/host/registry"
)

// prune forgets old versions of a function that has got a new one, and the code
// that no version has any more. That it fails is no failure of the new version:
// the next one does it.
func (h *Host) prune(ctx context.Context, v registry.Version) {
	s, err := h.configured()
	var removed int
	if err == nil {
		removed, err = h.registry.PruneVersions(ctx, v.Function, s.Functions.KeepVersions, s.Functions.KeepFor)
	}
	if err == nil && removed > 0 {
		_, err = h.sweepBundles(ctx)
	}
	if err != nil && ctx.Err() == nil {
		h.log.Error("forget old versions", "function", v.Function, "error", err)
	}
}

// sweepBundles removes the code that no version has.
func (h *Host) sweepBundles(ctx context.Context) (removed []string, err error) {
	needed, err := h.registry.Digests(ctx)
	if err != nil {
		return nil, err
	}
	return h.bundles.Sweep(needed)
}
