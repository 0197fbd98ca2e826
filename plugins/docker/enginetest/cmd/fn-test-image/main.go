// Command fn-test-image prints the reference of an image that tests of other
// modules can use, and makes the image where the machine's engine has none:
//
//	fn-test-image python    (or node)
//
// It ends with status 3 where the machine lacks what that takes.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/fnhost/fn/plugins/docker/enginetest"
)

func main() {
	images := map[string]func(enginetest.T) string{"python": enginetest.Python, "node": enginetest.Node}
	if len(os.Args) != 2 || images[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: fn-test-image python|node")
		os.Exit(2)
	}
	fmt.Println(images[os.Args[1]](caller{}))
}

// caller is who runs the command, in place of a test.
type caller struct{}

var _ enginetest.T = caller{}

func (caller) Helper()                             {}
func (caller) Context() context.Context            { return context.Background() }
func (caller) Cleanup(func())                      {} // the process ends
func (caller) Failed() bool                        { return false }
func (caller) Logf(format string, args ...any)     { fmt.Fprintf(os.Stderr, format+"\n", args...) }
func (c caller) Errorf(format string, args ...any) { c.Fatalf(format, args...) }

func (c caller) Fatalf(format string, args ...any) {
	c.Logf(format, args...)
	os.Exit(1)
}

func (c caller) Skipf(format string, args ...any) {
	c.Logf(format, args...)
	os.Exit(3)
}
