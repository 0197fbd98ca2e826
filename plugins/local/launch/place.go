package launch

import (
	"context"
	"errors"
	"os"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
)

// Place puts a copy of the code where the worker, which waits for its function,
// has it: see worker.Injection.Placed. When it fails nothing is there.
//
// Modules that were loaded before the function is known may have planted links in
// the worker's directory. None is followed.
func (w *Worker) Place(ctx context.Context, tree *code.Tree) (err error) {
	own, err := os.OpenRoot(w.dir)
	if err != nil {
		return code.Storing(err)
	}
	defer func() { err = errors.Join(err, own.Close()) }()
	to, err := own.OpenRoot(worker.CodeDir)
	if err != nil {
		return code.Storing(err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return tree.CopyTo(ctx, to)
}
