//go:build !linux

package launch

// adopt does nothing: this system has no way to become the parent of orphans.
func adopt() error { return nil }

// awaitEnd does not wait: only a sweep needs to know of an end before the
// process is reaped.
func awaitEnd(int) (known bool) { return false }

// sweep does nothing: there are no orphans to find.
func (f *family) sweep() {}
