package sdktest

import (
	"errors"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// breach reports that a sentence of the contract does not hold, and goes on.
func breach(t *testing.T, sentence, format string, args ...any) {
	t.Helper()
	t.Errorf("the contract says: %s\nbut "+format, append([]any{sentence}, args...)...)
}

// wants checks that err is of one of the kinds, and that it says something.
func wants(t *testing.T, sentence string, err error, kinds ...sdk.Kind) {
	t.Helper()
	if err == nil {
		breach(t, sentence, "there was no error; it should be of kind %v", kinds)
		return
	}
	for _, kind := range kinds {
		if sdk.KindOf(err) == kind {
			var e *sdk.Error
			if errors.As(err, &e) && e.Message == "" {
				breach(t, "an error says what happened in one sentence", "the %s error of %s has no message", kind, e.Operation)
			}
			return
		}
	}
	breach(t, sentence, "the error is of kind %s instead of %v: %v", sdk.KindOf(err), kinds, err)
}

// must ends the check when something that should work did not.
func must(t *testing.T, sentence string, err error) {
	t.Helper()
	if err != nil {
		breach(t, sentence, "it failed: %s: %v%s", sdk.KindOf(err), err, hint(err))
		t.FailNow()
	}
}

// hint is the hint of err for a test's output.
func hint(err error) string {
	var e *sdk.Error
	if errors.As(err, &e) && e.Hint != "" {
		return "\n  hint: " + e.Hint
	}
	return ""
}
