// Command fn-plugin-local is the plugin of the component local: functions are
// processes of this machine. The program fn-worker belongs beside it.
package main

import (
	"runtime/debug"

	"github.com/fnhost/fn/plugins/local"
	"github.com/fnhost/fn/sdk"
)

func main() { sdk.Main(&local.Component{Version: version()}) }

// version is the module's, as the build recorded it.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		return build.Main.Version
	}
	return ""
}
