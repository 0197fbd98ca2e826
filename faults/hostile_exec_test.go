//go:build linux

package faults

var hostileShell = []hostile{
	{name: "floods its log", source: "#!/bin/sh\nyes | head -c 10000000 >&2\nprintf done\n", settings: patient, says: cutLog, answers: "done"},
	{name: "prints lines and no text", source: "#!/bin/sh\nexec yes '' >&2\n", settings: briefly, code: 124, says: tooLong},
	{name: "never returns", source: "#!/bin/sh\nwhile :; do :; done\n", settings: briefly, code: 124, says: tooLong},
	{name: "ignores signals", source: "#!/bin/sh\ntrap '' TERM INT HUP QUIT\nsleep 1000\nsleep 1000\n", settings: briefly, code: 124, says: tooLong},
	{name: "starts a crowd", source: "#!/bin/sh\ni=0\nwhile [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done\nprintf done\n", settings: patient, answers: "done"},
	{name: "forks and never returns", source: "#!/bin/sh\nf() { sleep 1000 & f; }\n( f ) &\nsleep 1000\n", settings: "memory = \"32MiB\"\ntimeout = \"20s\"\ncpus = 1", code: 7, says: "more than its 32 MiB"},
	{name: "closes its descriptors", source: "#!/bin/sh\nexec 0<&- 1>&- 2>&- 3>&- 4>&- 5>&-\nsleep 0.05\n"},
	{name: "writes to its descriptors", source: "#!/bin/sh\nfor fd in 0 3 4 5 6 7 8 9; do (echo junk >&$fd) 2>/dev/null; done\nprintf done\n", answers: "done"},
	{name: "writes to its own code", source: "#!/bin/sh\nprintf '#!/bin/sh\\necho changed\\n' > run\nrm -rf ./* ../code ..\nprintf done\n", says: "", answers: "done"},
	{name: "exits with a status", source: "#!/bin/sh\necho why >&2\nexit 3\n", code: 1, says: "exit status 3"},
	{name: "kills itself", source: "#!/bin/sh\necho why >&2\nkill -9 $$\n", code: 1, says: "killed by signal: killed"},
	// Only where it has process ids of its own: elsewhere it would end us too.
	{name: "kills all it can", source: "#!/bin/sh\ntrap '' TERM\ngrep -q fn-worker /proc/1/comm && kill -TERM -1\nprintf done\n", answers: "done"},
	{name: "kills its parent", source: "#!/bin/sh\nkill -9 $PPID 2>/dev/null\nsleep 0.1\nprintf done\n", answers: "done"},
	{name: "prints no text", source: "#!/bin/sh\nprintf '\\377\\376\\000log' >&2\nprintf '\\377\\376\\000'\n", says: "log", answers: "\xff\xfe\x00"},
	{name: "reads nothing", source: "#!/bin/sh\nexec printf done\n", answers: "done"},
	{name: "eats memory at once", source: "#!/bin/sh\nhead -c 400000000 /dev/zero | tail -c 390000000 | wc -c\n", settings: confined, code: 7, says: tooMuch},
	{name: "eats memory slowly", source: "#!/bin/sh\na=0123456789012345\nwhile :; do a=$a$a; sleep 0.01; done\n", settings: confined, code: 7, says: tooMuch},
	{name: "is no program", source: "\x7fELF\x00 nonsense", code: 2, says: "handler"},
	{name: "has an interpreter that is not there", source: "#!/no/such/thing\n", code: 2, says: "/no/such/thing"},
}
