// Package enginetest gives tests a Docker engine, images, a registry and an
// engine of their own that they may stop, hang or fill.
//
// Where the machine lacks what is asked for the test is skipped, unless
// FN_TEST_REQUIRE names "docker": then it fails. What is made for a test is
// removed after it, but for the images of Python and Node, which all tests of
// the machine share: docker image rm fn-test/python:1 fn-test/node:1.
package enginetest

import (
	"context"
	"os"
	"strings"
)

// T is what of testing.TB is needed here, so that a program can use this too.
type T interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
}

// missing ends a test for want of something that the machine does not have.
func missing(t T, format string, args ...any) {
	t.Helper()
	if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "docker") {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
