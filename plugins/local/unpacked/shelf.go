package unpacked

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
)

// Bundle is packed code.
type Bundle struct {
	Path   string
	Digest string // "sha256:hex"
}

// Shelf keeps trees. It may be used from several goroutines at once.
type Shelf struct {
	Dir       string // is made when it is missing
	MostBytes int64  // of all trees together
	MostTrees int

	work sync.WaitGroup

	mu     sync.Mutex
	trees  map[string]*kept // by digest
	count  int              // of directories made
	clock  int64            // of uses
	closed bool
}

// kept is a tree, or one in the making. The fields below ready are guarded by
// the shelf.
type kept struct {
	dir   string
	of    fs.FileInfo // the bundle it was unpacked of
	ready chan struct{}
	tree  *code.Tree // once ready, unless there is err
	err   error

	users int
	used  int64 // by the shelf's clock
	gone  bool  // off the shelf: the last user removes it
}

// errClosed is why a closed shelf has nothing.
var errClosed = errors.New("the component is ending")

// Use calls use with the bundle's tree, which stays until that returns. A tree
// that is missing is made first; of several callers who want the same one makes
// it. The error is why there is none, or that of use.
func (s *Shelf) Use(ctx context.Context, b Bundle, use func(*code.Tree) error) error {
	k, err := s.take(b)
	if err != nil {
		return err
	}
	defer s.putBack(k)
	select {
	case <-k.ready:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if k.err != nil {
		return k.err
	}
	err = use(k.tree)
	var failure *worker.Failure
	switch {
	case errors.Is(err, code.ErrDamaged):
		s.mu.Lock()
		s.drop(b.Digest, k)
		s.mu.Unlock()
	case errors.As(err, &failure) && failure.Kind == worker.ResourceExhausted:
		s.makeRoom() // calls need the disk more than we do
	}
	return err
}

// Expect has the bundle's tree made, if it is missing, and does not wait for it.
func (s *Shelf) Expect(b Bundle) {
	if k, err := s.take(b); err == nil {
		s.putBack(k)
	}
}

// take returns the bundle's tree, perhaps still in the making, for putBack.
func (s *Shelf) take(b Bundle) (*kept, error) {
	info, err := os.Stat(b.Path)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	k, ok := s.trees[b.Digest]
	if ok && !same(k.of, info) { // somebody has changed it: what it is now is to be found out
		s.drop(b.Digest, k)
		ok = false
	}
	if !ok {
		k = s.begin(b, info)
	}
	s.clock++
	k.users, k.used = k.users+1, s.clock
	return k, nil
}

func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// putBack ends a use. The last one of what is off the shelf removes it.
func (s *Shelf) putBack(k *kept) {
	s.mu.Lock()
	k.users--
	gone := s.goneWith(k)
	s.mu.Unlock()
	remove(gone)
}

// goneWith, with the lock held, lists what may be removed now that k has a user
// less: itself, or what the shelf has no room for.
func (s *Shelf) goneWith(k *kept) []string {
	if k.gone && k.users == 0 {
		return []string{k.dir}
	}
	return s.shrink(s.MostBytes, s.MostTrees)
}

// drop takes a tree off the shelf, with the lock held by one of its users or
// while it has none.
func (s *Shelf) drop(digest string, k *kept) {
	if s.trees[digest] == k {
		delete(s.trees, digest)
	}
	if k.gone = true; k.users == 0 {
		s.work.Go(func() { worker.RemoveAll(k.dir) })
	}
}

// Close removes everything. No use must be under way.
func (s *Shelf) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.work.Wait()
	return worker.RemoveAll(s.Dir)
}
