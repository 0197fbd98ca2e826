package record

import (
	"time"

	"github.com/fnhost/fn/sdk"
)

// Record is what is kept of a function. Environment and settings are not: they
// come with each call.
type Record struct {
	Name     string    `json:"name"`
	Version  int       `json:"version"`
	Runtime  string    `json:"runtime"`
	Language string    `json:"language"`
	Handler  string    `json:"handler"`
	Digest   string    `json:"digest"`
	Image    string    `json:"image,omitempty"` // in place of code
	Deployed time.Time `json:"deployed"`
	Stopped  time.Time `json:"stopped,omitzero"` // calls are refused since then

	// Images are those of an engine that calls need, by reference: the one that its
	// workers are of by name, then one that was made of it.
	Images []string `json:"images,omitempty"`

	// Modules is the directory of what its code requires, and Interpreter for
	// whom that was installed. Both are empty where it requires nothing.
	Modules     string `json:"modules,omitempty"`
	Interpreter string `json:"interpreter,omitempty"`

	// Placed is where its code lies ahead of calls, empty where it comes with each.
	Placed string `json:"placed,omitempty"`
}

// Of returns the record of f as deployed at a time.
func Of(f sdk.Function, at time.Time) Record {
	return Record{
		Name: f.Name, Version: f.Version, Runtime: f.Runtime.Name, Language: f.Runtime.Language,
		Handler: f.Handler, Digest: f.Code.Digest, Image: f.Image, Deployed: at,
	}
}

// ModuleDirs are the directories of packages that a worker is handed with the
// function.
func (r Record) ModuleDirs() []string {
	if r.Modules == "" {
		return nil
	}
	return []string{r.Modules}
}

// IsStopped tells whether calls are refused.
func (r Record) IsStopped() bool { return !r.Stopped.IsZero() }

// Serves tells whether the record is that of this version of the function, with
// this code or image.
func (r Record) Serves(f sdk.Function) bool {
	return r.Version == f.Version && r.Digest == f.Code.Digest && r.Image == f.Image
}
