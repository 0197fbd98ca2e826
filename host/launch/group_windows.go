package launch

import (
	"os"
	"os/exec"
)

// Windows has no process groups to signal: only the plugin itself is ended, and
// there is no gentler way than to kill it.
func ownGroup(*exec.Cmd)         {}
func terminateGroup(*os.Process) {}
func killGroup(p *os.Process)    { _ = p.Kill() }
