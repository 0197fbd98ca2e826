package sandbox

// devices are what every program may rely on.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"}

// fillDevices puts into the empty /dev what belongs there. Terminals are of the
// own instance, so that those of the user cannot be opened.
func (p *planner) fillDevices() {
	for _, device := range devices {
		p.add(Step{Do: doFile, Target: device}, Step{Do: doMove, Source: device, Target: device})
	}
	p.add(
		Step{Do: doMkdir, Target: "/dev/shm"},
		Step{Do: doMkdir, Target: "/dev/pts"},
		Step{Do: doMount, Source: "devpts", Target: "/dev/pts", Type: "devpts", Flags: msNoSuid | msNoExec,
			Data: "newinstance,ptmxmode=0666,mode=0620", Optional: true},
		Step{Do: doSymlink, Source: "pts/ptmx", Target: "/dev/ptmx"},
		Step{Do: doSymlink, Source: "/proc/self/fd", Target: "/dev/fd"},
		Step{Do: doSymlink, Source: "/proc/self/fd/0", Target: "/dev/stdin"},
		Step{Do: doSymlink, Source: "/proc/self/fd/1", Target: "/dev/stdout"},
		Step{Do: doSymlink, Source: "/proc/self/fd/2", Target: "/dev/stderr"},
	)
}
