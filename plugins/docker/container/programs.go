package container

import (
	"context"
	"sync"
)

// programs is the volume with the worker programs, once it is known.
type programs struct {
	find func(context.Context) (string, error)

	mu   sync.Mutex
	name string
}

func (p *programs) volume(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name != "" {
		return p.name, nil
	}
	var err error
	p.name, err = p.find(ctx)
	return p.name, err
}

// forget has the volume looked for again.
func (p *programs) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name = ""
}
