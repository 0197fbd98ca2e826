// Testimages makes the images of the tests on the machine's engine, where they are
// missing, and prints the setting of the component docker that has functions run
// in them. It is for tests of other modules, which import no plugin.
//
// Where there is no engine it prints nothing and says why on standard error;
// where FN_TEST_REQUIRE names "docker" it also fails.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/fnhost/fn/plugins/docker/enginetest"
)

func main() {
	t := &program{}
	defer t.end()
	python, node := enginetest.Python(t), enginetest.Node(t)
	fmt.Printf("images = { exec = %q, python = %q, node = %q }\n", python, python, node)
}

// program stands for a test.
type program struct{ cleanups []func() }

var _ enginetest.T = (*program)(nil)

func (*program) Helper()                  {}
func (*program) Failed() bool             { return false }
func (*program) Context() context.Context { return context.Background() }

func (p *program) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

func (p *program) end() {
	for _, cleanup := range p.cleanups {
		cleanup()
	}
}

func (*program) Logf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

func (p *program) Errorf(format string, args ...any) { p.Fatalf(format, args...) }

func (p *program) Fatalf(format string, args ...any) {
	p.Logf(format, args...)
	os.Exit(1)
}

func (p *program) Skipf(format string, args ...any) {
	p.Logf(format, args...)
	os.Exit(0)
}
