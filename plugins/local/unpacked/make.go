package unpacked

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
)

// begin, with the lock held, starts to make a tree. Whoever makes it is one more
// user, and is none any more when the tree is ready: from then on it can go.
func (s *Shelf) begin(b Bundle, info fs.FileInfo) *kept {
	s.count++
	k := &kept{dir: filepath.Join(s.Dir, strconv.Itoa(s.count)), of: info, ready: make(chan struct{}), users: 1}
	if s.trees == nil {
		s.trees = map[string]*kept{}
	}
	s.trees[b.Digest] = k
	s.work.Go(func() {
		tree, err := unpack(b, k.dir, s.MostBytes)
		s.mu.Lock()
		if k.tree, k.err = tree, err; err != nil {
			s.drop(b.Digest, k) // whoever comes next tries again
		}
		k.users--
		gone := s.goneWith(k)
		s.mu.Unlock()
		close(k.ready)
		remove(gone)
	})
	return k
}

// unpack makes a tree of a bundle that has its digest.
func unpack(b Bundle, dir string, most int64) (*code.Tree, error) {
	packed, err := os.Open(b.Path)
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, packed)
	if err != nil {
		return nil, err
	}
	if got := "sha256:" + hex.EncodeToString(hash.Sum(nil)); got != b.Digest {
		return nil, fmt.Errorf("the code is %s, wanted %s", got, b.Digest)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return code.Unpack(packed, size, dir, most)
}

// makeRoom removes every tree that nobody uses now.
func (s *Shelf) makeRoom() {
	s.mu.Lock()
	gone := s.shrink(0, 0)
	s.mu.Unlock()
	remove(gone)
}

// shrink, with the lock held, takes trees off the shelf until it holds no more
// than so much, or all that remain are in use. It returns their directories.
func (s *Shelf) shrink(mostBytes int64, mostTrees int) (gone []string) {
	var bytes int64
	for _, k := range s.trees {
		if k.tree != nil {
			bytes += k.tree.Bytes()
		}
	}
	for bytes > mostBytes || len(s.trees) > mostTrees {
		digest, k := s.oldest()
		if k == nil {
			return gone
		}
		bytes -= k.tree.Bytes()
		delete(s.trees, digest)
		gone = append(gone, k.dir)
	}
	return gone
}

// oldest returns the tree that was not used for longest, of those that nobody
// uses now; nil for none.
func (s *Shelf) oldest() (digest string, found *kept) {
	for d, k := range s.trees {
		if k.users == 0 && (found == nil || k.used < found.used) {
			digest, found = d, k
		}
	}
	return digest, found
}

func remove(dirs []string) {
	for _, dir := range dirs {
		worker.RemoveAll(dir)
	}
}
