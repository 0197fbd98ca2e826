package sdktest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// call is one call and what came of it.
type call struct {
	result  bytes.Buffer
	report  sdk.Report
	err     error
	ended   time.Time
	begun   chan struct{} // closed when the function says so in its log
	mu      sync.Mutex    // of what follows
	log     bytes.Buffer
	firstAt time.Time // of the log
}

var _ sdk.Output = (*call)(nil)

func (c *call) Write(p []byte) (int, error) { return c.result.Write(p) }

func (c *call) Log(_ sdk.LogStream, p []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.firstAt.IsZero() {
		c.firstAt = time.Now()
	}
	already := strings.Contains(c.log.String(), "begun")
	c.log.Write(p)
	if !already && strings.Contains(c.log.String(), "begun") {
		close(c.begun)
	}
	return nil
}

func (g *tongue) invocation(f sdk.Function, event io.Reader) sdk.Invocation {
	return sdk.Invocation{
		ID:       g.id + "-" + strconv.FormatInt(g.calls.Add(1), 10),
		Function: f,
		Event:    event,
		Timeout:  f.Timeout,
	}
}

// call makes one call and waits for its end.
func (g *tongue) call(t *testing.T, f sdk.Function, event []byte) *call {
	t.Helper()
	ctx, cancel := g.patient(t)
	defer cancel()
	return g.run(ctx, g.invocation(f, bytes.NewReader(event)))
}

func (g *tongue) run(ctx context.Context, inv sdk.Invocation) *call {
	c := &call{begun: make(chan struct{})}
	c.report, c.err = g.client.Run(ctx, inv, c)
	c.ended = time.Now()
	return c
}

// answers makes a call that must answer want.
func (g *tongue) answers(t *testing.T, f sdk.Function, event []byte, want string) *call {
	t.Helper()
	c := g.call(t, f, event)
	must(t, "Run makes one call of a deployed function", c.err)
	if got := g.read(c.result.Bytes()); got != want {
		breach(t, "the result is what the function answers", "it is %s instead of %s", clip(got), clip(want))
	}
	if start := c.report.Start; start != sdk.StartSpecialised && start != sdk.StartWarm && start != sdk.StartCold && start != sdk.StartRemote {
		breach(t, "the report tells the start kind", "it is %q", start)
	}
	p := c.report.Phases
	for _, phase := range []time.Duration{p.Queue, p.Pool, p.Inject, p.Init, p.Call} {
		if phase < 0 {
			breach(t, "the report tells where the time went", "a phase is negative: %+v", p)
			break
		}
	}
	return c
}

// clip shortens what stands in a message.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%q... (%d bytes)", s[:most], len(s))
}

func lastPart(t *testing.T) string {
	name := t.Name()
	return name[strings.LastIndex(name, "/")+1:]
}
