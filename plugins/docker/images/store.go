package images

import (
	"context"
	"sync"
	"time"

	"github.com/fnhost/fn/plugins/docker/engine"
)

// Store is the images of an engine, for one component of one host. Its methods
// may be called from several goroutines.
type Store struct {
	Engine    *engine.Engine
	HostID    string
	Component string
	Process   string   // of this plugin process, for whoever removes what dead ones left
	ConfigDir string   // where docker's config.json is
	StateDir  string   // of the host's; is made when it is missing
	Environ   []string // the caller's: for credential helpers and, a part of it, installers

	HelperLimit time.Duration // of one run of a credential helper; 30 seconds by default

	mu       sync.Mutex
	known    map[string]Image // by the key of a reference
	forgets  int              // how often anything was forgotten
	platform string           // of the engine; "" until asked
}

// The labels of all that is made.
const (
	labelHost      = "fn.host"
	labelComponent = "fn.component"
	labelProcess   = "fn.process" // of containers: whose end is theirs too
	labelRole      = "fn.role"
	labelMakes     = "fn.makes" // of a container: the name of what it is to become
	labelRuntime   = "fn.runtime"
	labelPackages  = "fn.packages"
	labelMade      = "fn.made" // of a volume: tells it from others that had its name
)

// labels are those of something that outlives this process, with one more.
func (s *Store) labels(role, name, value string) map[string]string {
	return map[string]string{labelHost: s.HostID, labelComponent: s.Component, labelRole: role, name: value}
}

// Known is what the engine last said of a reference, where that is remembered.
func (s *Store) Known(ref string) (Image, bool) {
	r, err := parse(ref)
	if err != nil {
		return Image{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	img, ok := s.known[r.key]
	return img, ok
}

// Forget makes the store ask the engine again about a reference, about all that
// has this image ID, or, where it is empty, about everything.
func (s *Store) Forget(refOrID string) {
	key := refOrID
	if r, err := parse(refOrID); err == nil {
		key = r.key
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgets++
	for at, img := range s.known {
		if refOrID == "" || at == key || img.ID == refOrID || img.ID == key {
			delete(s.known, at)
		}
	}
}

// Tagged hears that the engine has given a reference to the image with this ID.
// About a reference that was known for another one it is asked again.
func (s *Store) Tagged(ref, id string) {
	if img, ok := s.Known(ref); !ok || img.ID != id {
		s.Forget(ref)
	}
}

// forgotten counts, to see later whether an answer of the engine may be old.
func (s *Store) forgotten() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forgets
}

// remember keeps an image, unless something was forgotten since the engine was
// asked: then neither this answer nor one before it is sure.
func (s *Store) remember(r reference, img Image, since int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forgets != since {
		delete(s.known, r.key)
		return
	}
	if s.known == nil {
		s.known = map[string]Image{}
	}
	s.known[r.key] = img
}

// enginePlatform is what the engine runs, as "linux/amd64".
func (s *Store) enginePlatform(ctx context.Context) (string, error) {
	s.mu.Lock()
	known := s.platform
	s.mu.Unlock()
	if known != "" {
		return known, nil
	}
	version, err := s.Engine.ServerVersion(ctx)
	if err != nil {
		return "", s.Engine.Explain(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.platform = version.Os + "/" + version.Arch
	return s.platform, nil
}
