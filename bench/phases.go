package main

import "github.com/fnhost/fn/host/api"

// phaseColumns are the parts of a call, in their order.
func phaseColumns() []column {
	return []column{
		{"to_host_ms", "to host", 2},
		{"queue_ms", "queue", 2}, {"pool_ms", "pool", 2}, {"inject_ms", "inject", 2},
		{"init_ms", "init", 2}, {"call_ms", "call", 2}, {"other_ms", "other", 2}, {"total_ms", "total", 2},
		{"back_ms", "back", 2},
		{"warm_percent", "warm %", 0},
	}
}

// partsOf puts what was seen from outside and what the host recorded together:
// both go by the same clock.
func partsOf(s sample, r api.CallRecord) map[string]float64 {
	p := r.Phases
	toHost := ms(r.Time.Sub(s.start))
	return map[string]float64{
		"to_host_ms": toHost,
		"queue_ms":   p.Queue,
		"pool_ms":    p.Pool,
		"inject_ms":  p.Inject,
		"init_ms":    p.Init,
		"call_ms":    p.Call,
		"total_ms":   p.Total,
		"other_ms":   p.Total - (p.Queue + p.Pool + p.Inject + p.Init + p.Call),
		"back_ms":    ms(s.took) - toHost - p.Total,
	}
}
