package main

import (
	"io"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/sdk/fault"
)

// What JSON would change silently is refused before it is sent.
func TestEnvThatIsNotUTF8(t *testing.T) {
	var got error
	app := &cli.App{Writer: io.Discard, ErrWriter: io.Discard, Flags: settingFlags(), Action: func(cc *cli.Context) error {
		_, got = new(commandLine).spec(cc, "")
		return nil
	}}
	for value, kind := range map[string]fault.Kind{"A=\xff": fault.Invalid, "A=ü": ""} {
		if err := app.Run([]string{"fn", "--env", value}); err != nil {
			t.Fatal(err)
		}
		if (got != nil) != (kind != "") || got != nil && fault.KindOf(got) != kind {
			t.Errorf("%q: %v", value, got)
		}
	}
}
