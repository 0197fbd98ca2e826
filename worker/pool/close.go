package pool

import "context"

// Close stops every worker and returns when nothing is left of the pool. Calls
// in the queue get ErrClosed. Workers that are handed out are waited for until
// ctx is done and then stopped as well: Stop must be able to end a call. The
// error is the context's if it came to that.
func (p *Pool[K, W]) Close(ctx context.Context) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut()
	for patience := ctx.Done(); p.jobs+p.aside+len(p.used)+len(p.running) > 0; {
		idle := p.idle
		p.mu.Unlock()
		select {
		case <-idle:
			p.mu.Lock()
		case <-patience:
			p.mu.Lock()
			patience, err = nil, context.Cause(ctx)
			p.recall()
		}
	}
	return err
}

// shut lets nothing begin any more except stops.
func (p *Pool[K, W]) shut() {
	if p.closed {
		return
	}
	p.closed = true
	p.cancel()
	for _, call := range p.queue {
		call.got <- answer[K, W]{err: ErrClosed}
	}
	p.queue = nil
	for _, l := range p.order {
		for len(l.waiting) > 0 {
			p.drop(l)
		}
	}
	p.step()
}

// recall takes back what is handed out.
func (p *Pool[K, W]) recall() {
	for w, lease := range p.running {
		p.used = append(p.used, used[W]{w, lease.bytes, true})
	}
	clear(p.running)
	p.step()
}
