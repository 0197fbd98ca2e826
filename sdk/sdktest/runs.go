package sdktest

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// result checks that nothing is added to, taken from or changed in a result.
func (g *tongue) result(t *testing.T) {
	f := g.deployed(t, "echo")
	every := make([]byte, g.within(128<<10)) // twice the size of a pipe
	for i := range every {
		every[i] = byte(i ^ i>>8 ^ i>>16)
	}
	for name, event := range map[string][]byte{
		"every byte":      every,
		"no line end":     []byte("no line end"),
		"two line ends":   []byte("x\n\n"),
		"carriage return": []byte("x\r\ny"),
		"nothing":         {},
	} {
		ctx, cancel := g.patient(t)
		inv := g.invocation(f, bytes.NewReader(event))
		inv.Raw = true
		c := g.run(ctx, inv)
		cancel()
		must(t, "Run of a function that echoes ("+name+")", c.err)
		if !bytes.Equal(c.result.Bytes(), event) {
			breach(t, "with Raw, event and result are bytes and pass unchanged",
				"%s: %s became %s", name, clip(string(event)), clip(c.result.String()))
		}
	}
	if g.json {
		const text = "\"quotes\", é, \U0001F600 and \n"
		g.answers(t, f, g.text(text), text)
	}
}

// log checks that what is printed is log, never result, and when it comes.
func (g *tongue) log(t *testing.T) {
	f := g.deployed(t, "act")
	c := g.answers(t, f, g.do("print", "a printed line"), "printed")
	printed := strings.Contains(c.log.String(), "a printed line")
	switch g.limits.Logs {
	case sdk.LogsNone:
		if c.log.Len() > 0 {
			breach(t, "with Logs none, Run sends no log", "it sent %s", clip(c.log.String()))
		}
		return
	default:
		if !printed {
			breach(t, "what the function prints goes to Output.Log", "the log is %s", clip(c.log.String()))
		}
	}
	if g.limits.Logs != sdk.LogsLive {
		return
	}
	// The function prints, waits 2 s and answers.
	c = g.answers(t, f, g.do("later", "late"), "late")
	if ahead := c.ended.Sub(c.firstAt); c.firstAt.IsZero() || ahead < time.Second {
		breach(t, "with Logs live, log arrives as it is written", "a line printed 2 s before the end arrived %v before it", ahead)
	}
}

// environment checks settings and secrets.
func (g *tongue) environment(t *testing.T) {
	f := g.deployed(t, "act")
	g.answers(t, f, g.do("env", "SUITE_ENV"), f.Env["SUITE_ENV"])

	ctx, cancel := g.patient(t)
	defer cancel()
	inv := g.invocation(f, bytes.NewReader(g.do("env", "SUITE_SECRET")))
	inv.Secrets = map[string]string{"SUITE_SECRET": "of this call"}
	c := g.run(ctx, inv)
	must(t, "Run with secrets", c.err)
	if got := g.read(c.result.Bytes()); got != "of this call" {
		breach(t, "secrets are like Env", "the function sees %q", got)
	}
	if again := g.call(t, f, g.do("env", "SUITE_SECRET")); g.read(again.result.Bytes()) != "" {
		breach(t, "secrets are for this call only", "the next call sees %s", again.result.String())
	}
}

// together makes two, then eight calls at once.
func (g *tongue) together(t *testing.T) {
	act, echo := g.function(lastPart(t), "act"), g.function(lastPart(t)+"-echo", "echo")
	g.deploy(t, act)
	g.deploy(t, echo)
	for _, n := range []int{2, 8} {
		var wait sync.WaitGroup
		for i := range n {
			wait.Go(func() {
				if i%2 == 0 {
					text := strings.Repeat(fmt.Sprintf("%d of %d ", i, n), int(g.within(128<<10))/7)
					c := g.call(t, echo, g.text(text))
					if c.err != nil || g.read(c.result.Bytes()) != text {
						breach(t, "calls at once do not mix", "of %d, call %d got %v, %s", n, i, c.err, clip(c.result.String()))
					}
					return
				}
				mark := fmt.Sprintf("[%d of %d]", i, n)
				c := g.call(t, act, g.do("print", mark))
				if c.err != nil || g.read(c.result.Bytes()) != "printed" {
					breach(t, "calls at once do not mix", "of %d, call %d got %v, %s", n, i, c.err, clip(c.result.String()))
				}
				if strings.Count(c.log.String(), " of ") != strings.Count(c.log.String(), mark) {
					breach(t, "calls at once do not mix", "of %d, call %d got the log %s", n, i, clip(c.log.String()))
				}
			})
		}
		wait.Wait()
	}
}
