// Command fn-plugin-local is the plugin of the component local: functions are
// processes of this machine. The program fn-worker belongs beside it.
package main

import (
	"github.com/fnhost/fn/plugins/local"
	"github.com/fnhost/fn/sdk"
)

func main() { sdk.Main(&local.Component{}) }
