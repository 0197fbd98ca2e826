//go:build !linux

package launch

// adopt does nothing: this system has no way to become the parent of orphans.
func adopt() error { return nil }

// awaitEnd does nothing: only a sweep needs to know of the end before it is
// reaped.
func awaitEnd(int) {}

// sweep does nothing: there are no orphans to find.
func (f *family) sweep() {}
