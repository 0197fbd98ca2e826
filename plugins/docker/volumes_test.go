package docker

import (
	"testing"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

// mounts tells of which type the file systems at its arguments are, and whether
// they can be written to.
const mounts = `package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	table, _ := os.ReadFile("/proc/self/mounts")
	for _, dir := range os.Args[1:] {
		for _, line := range strings.Split(string(table), "\n") {
			if fields := strings.Fields(line); len(fields) > 2 && fields[1] == dir {
				fmt.Print(dir, " ", fields[2], " ", os.WriteFile(dir+"/new", nil, 0o600), "\n")
			}
		}
	}
}
`

// What a function writes to a volume of its image stays in memory: the engine's
// disk cannot be filled by it.
func TestVolumesOfAnImageAreInMemory(t *testing.T) {
	p := newPlace(t, map[string]any{"warm": 0, "warm_max": 0})
	made := enginetest.Scratch(t, enginetest.Client(t), map[string]string{"run": compiled(t, mounts)},
		`CMD ["/run", "/data", "/tmp", "/tmp/more"]`, `VOLUME ["/data", "/tmp", "/tmp/more"]`)
	f := p.deploy(sdk.Function{
		Name: "f", Version: 1, Runtime: sdk.Runtime{Name: "exec", Language: languageExec}, Image: made,
		Memory: 64 << 20, Timeout: sometime, Network: sdk.NetworkNone,
	})
	const want = "/data tmpfs <nil>\n/tmp tmpfs <nil>\n/tmp/more tmpfs <nil>\n"
	if a := p.call(t.Context(), f, ""); a.err != nil || a.result != want {
		t.Errorf("%q, %v", a.result, a.err)
	}
}
