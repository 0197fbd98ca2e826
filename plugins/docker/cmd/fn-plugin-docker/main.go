// Command fn-plugin-docker is the plugin of the component docker: functions run in
// containers of a Docker engine. The program fn-worker belongs beside it.
package main

import (
	"runtime/debug"

	"github.com/fnhost/fn/plugins/docker"
	"github.com/fnhost/fn/sdk"
)

func main() { sdk.Main(&docker.Component{Version: version()}) }

// version is the module's, as the build recorded it.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		return build.Main.Version
	}
	return ""
}
