package local

import (
	"testing"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/sdk"
)

const (
	// Memory that is the process's own.
	shellEats  = "#!/bin/sh\nx=0123456789abcdef; while :; do x=\"$x$x\"; done\n"
	pythonEats = "def handler(event, context):\n    x = []\n    while True: x.append('x' * 1000000)\n"
	nodeEats   = "exports.handler = async () => { for (const kept = [];;) kept.push(Buffer.alloc(1 << 20, 1)) }\n"
	// By two processes, neither of which holds too much.
	shellEatsTogether = `#!/bin/sh
grow='x=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do x="$x$x"; done; sleep 60'
for i in 1 2 3 4; do (sh -c "$grow" || kill -9 $$) & done
wait
`
	// Shared memory, which only the kernel counts.
	pythonEatsShared = "import mmap\ndef handler(event, context):\n" +
		"    m = mmap.mmap(-1, 1 << 30)\n    while True: m.write(b'x' * 1000000)\n"
)

func TestOutOfMemoryIsToldApart(t *testing.T) {
	for _, mechanism := range []struct {
		name string
		open func(string) (cgroup.Hierarchy, error)
	}{
		{"worker", withoutGroups},
		{"groups", cgroup.Open},
	} {
		t.Run(mechanism.name, func(t *testing.T) {
			p := newPlace(t, "", func(c *Component) { c.openGroups = mechanism.open })
			_, err := p.groups()
			if err != nil && mechanism.name == "groups" {
				t.Skip("no control groups here: ", err)
			}
			needsPython(t, p)
			needsNode(t, p)
			for _, f := range []sdk.Function{
				p.deployed("shell", languageExec, shellEats),
				p.deployed("together", languageExec, shellEatsTogether),
				p.deployed("snake", languagePython, pythonEats),
				p.deployed("node", languageNode, nodeEats),
				p.deployed("shared", languagePython, pythonEatsShared),
			} {
				if f.Name == "shared" && err != nil {
					continue
				}
				f.Memory = 100 << 20
				e := fails(t, p.call(t.Context(), f, "{}").err, sdk.OutOfMemory, "needed more than its 100 MiB")
				if want := "fn update " + f.Name + " --memory 200MiB"; e.Hint != want {
					t.Errorf("%s: the hint is %q, want %q", f.Name, e.Hint, want)
				}
			}
			p.rested()
			if got := p.result(p.deployed("next", languageExec, cat), "x"); got != "x" {
				t.Errorf("the next call answers %q", got)
			}
		})
	}
}

func TestADeathWithMemoryLeftIsNoLackOfMemory(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, "#!/bin/sh\nkill -9 $$\n")
	fails(t, p.call(t.Context(), f, "").err, sdk.FunctionFailed, "killed by signal")
}
