package catalog

import (
	"cmp"
	"os"
	"slices"

	"github.com/fnhost/fn/host/api"
)

// save writes the file if it is behind. Whoever made an observation calls it
// before telling anybody, so the command line never reads less than it was told;
// of several at once one writes for all.
func (c *Catalog) save() {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	if !c.dirty {
		c.mu.Unlock()
		return
	}
	c.dirty = false
	entries := c.sorted()
	c.mu.Unlock()

	data, err := format(entries)
	if err == nil {
		err = writeFile(c.opts.Path, data)
	}
	if err == nil {
		c.written, err = os.Stat(c.opts.Path)
	}
	if err != nil {
		c.opts.Log.Warn("write the components file", "path", c.opts.Path, "error", err)
		c.mu.Lock()
		c.dirty = true // the next observation tries again
		c.mu.Unlock()
	}
}

// Keep writes the file again where it is not the one that was written last:
// somebody removed or damaged it.
func (c *Catalog) Keep() {
	c.writing.Lock()
	now, err := os.Stat(c.opts.Path)
	was := c.written
	kept := err == nil && was != nil && os.SameFile(now, was) && now.Size() == was.Size() && now.ModTime().Equal(was.ModTime())
	c.writing.Unlock()
	if kept {
		return
	}
	c.mu.Lock()
	c.dirty = c.dirty || len(c.entries) > 0
	c.mu.Unlock()
	c.save()
}

// sorted returns the entries as they stand in the file: components in manifest
// order, unknown ones last by name; of each, the newest observation first. It
// drops the oldest beyond maxKeys.
func (c *Catalog) sorted() []api.CachedComponent {
	entries := make([]api.CachedComponent, 0, len(c.entries))
	for _, e := range c.entries {
		entries = append(entries, e)
	}
	rank := func(name string) int {
		if i := slices.Index(c.order, name); i >= 0 {
			return i
		}
		return len(c.order)
	}
	slices.SortFunc(entries, func(a, b api.CachedComponent) int {
		return cmp.Or(
			cmp.Compare(rank(a.Name), rank(b.Name)), cmp.Compare(a.Name, b.Name),
			b.CheckedAt.Compare(a.CheckedAt.Time), cmp.Compare(a.Key, b.Key),
		)
	})
	count := make(map[string]int)
	return slices.DeleteFunc(entries, func(e api.CachedComponent) bool {
		count[e.Name]++
		if count[e.Name] > maxKeys {
			delete(c.entries, id{e.Name, e.Key})
			return true
		}
		return false
	})
}
