//go:build !linux

package template

import (
	"context"
	"errors"
)

// errSystem is why there are no templates here.
var errSystem = errors.New("only Linux has namespaces")

// Template makes workers on Linux.
type Template struct{}

// Start fails on this system.
func Start(context.Context, Config) (*Template, error) { return nil, errSystem }

// Keeper keeps a template on Linux.
type Keeper struct{}

// NewKeeper returns a Keeper that never has a template.
func NewKeeper(func() Config) *Keeper { return &Keeper{} }

// Take fails on this system.
func (*Keeper) Take() (*Template, error) { return nil, errSystem }

// Refused does nothing on this system.
func (*Keeper) Refused(*Template, error) {}

// Close does nothing on this system.
func (*Keeper) Close() {}
