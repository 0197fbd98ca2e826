package main

import (
	"testing"

	"github.com/fnhost/fn/cmd/fn/internal/cli"
	"github.com/fnhost/fn/sdk/fault"
)

// What JSON would change silently is refused before it is sent.
func TestEnvThatIsNotUTF8(t *testing.T) {
	for value, kind := range map[string]fault.Kind{"A=\xff": fault.Invalid, "A=ü": ""} {
		command := &cli.Command{Flags: settingFlags()}
		cc := cli.NewContext(t.Context(), command, []cli.Value{{Name: "env", Text: value}}, nil)
		_, got := new(commandLine).spec(cc, "")
		if (got != nil) != (kind != "") || got != nil && fault.KindOf(got) != kind {
			t.Errorf("%q: %v", value, got)
		}
	}
}
