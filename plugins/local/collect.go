package local

import (
	"context"
	"errors"

	"github.com/fnhost/fn/sdk"
)

// Collect removes the control groups of killed processes of this component, and
// packages that were not finished or that nobody used for long.
func (c *Component) Collect(_ context.Context, _ []sdk.Runtime, progress sdk.Progress) (removed []string, err error) {
	const steps = 2
	progress("control groups", 0, steps, "steps")
	c.groups() //nolint:errcheck // whether there are any: what was left is removed before they are opened
	groupsErr := c.leftGroups.sweep(c.cfg.HostID)
	if groupsErr != nil {
		groupsErr = sdk.Errorf(sdk.Conflict, "the control group of a killed process: %w", groupsErr)
	}
	for _, dir := range c.leftGroups.take() {
		removed = append(removed, "the control group of a killed process: "+dir)
	}
	progress("packages", 1, steps, "steps")
	records, err := c.server.Records()
	if err != nil { // which packages are in use is not known
		return removed, errors.Join(groupsErr, err)
	}
	var used []string
	for _, r := range records {
		used = append(used, r.ModuleDirs()...)
	}
	packages, err := c.packages.store.Collect(used)
	if err != nil {
		err = sdk.Errorf(sdk.Unavailable, "the packages' directory: %w", err)
	}
	return append(removed, packages...), errors.Join(groupsErr, err)
}
