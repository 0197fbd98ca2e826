package local

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkRun measures calls inside the component, one after the other: warm
// ones with the pool at rest before each, so that no refill disturbs them, and
// cold ones without a pool.
func BenchmarkRun(b *testing.B) {
	sources := map[string]string{
		languageExec:   "#!/bin/sh\n",
		languagePython: "def handler(event, context):\n    return event\n",
	}
	for _, bench := range []struct{ name, settings string }{{"warm", ""}, {"cold", `{"warm": 0, "warm_max": 0}`}} {
		for _, language := range []string{languageExec, languagePython} {
			b.Run(fmt.Sprintf("%s/%s", bench.name, language), func(b *testing.B) {
				p := newPlace(b, bench.settings, nil)
				if language == languagePython {
					needsPython(b, p)
				}
				f := p.deployed("f", language, sources[language])
				var took, inject, load, call []time.Duration
				for b.Loop() {
					b.StopTimer()
					p.rested()
					b.StartTimer()
					begin := time.Now()
					a := p.call(b.Context(), f, "{}")
					took = append(took, time.Since(begin))
					if a.err != nil {
						b.Fatal(a.err)
					}
					inject, load, call = append(inject, a.Phases.Inject), append(load, a.Phases.Init), append(call, a.Phases.Call)
				}
				report(b, "p50", took, 50)
				report(b, "p95", took, 95)
				report(b, "inject", inject, 50)
				report(b, "init", load, 50)
				report(b, "call", call, 50)
			})
		}
	}
}

// BenchmarkThroughput is calls per second, as many at once as there are cores.
func BenchmarkThroughput(b *testing.B) {
	for language, source := range map[string]string{
		languageExec:   "#!/bin/sh\n",
		languagePython: "def handler(event, context):\n    return event\n",
	} {
		b.Run(language, func(b *testing.B) {
			p := newPlace(b, "", nil)
			f := p.deployed("f", language, source)
			begin := time.Now()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if a := p.call(b.Context(), f, "{}"); a.err != nil {
						b.Error(a.err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "calls/s")
		})
	}
}

func report(b *testing.B, name string, all []time.Duration, percentile int) {
	slices.Sort(all)
	b.ReportMetric(float64(all[(len(all)-1)*percentile/100].Microseconds()), name+"-µs")
}
