package container

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/worker"
)

const (
	// PackagesDir is where a volume with the packages of a function is mounted.
	PackagesDir = "/fn-function"
	// CodeDir is where a volume with the code of a function is mounted.
	CodeDir = workDir + "/" + worker.CodeDir
	// workDir is the worker's own directory.
	workDir = "/fn"

	// nobody runs every function.
	nobody = "65534:65534"

	// stopSignal ends a container at once that somebody stops by hand: there is
	// nothing in it to save.
	stopSignal = "SIGKILL"

	// scratch bounds, in bytes, the worker's directory, which holds the code, and
	// /tmp, each. What is in them counts as the function's memory.
	scratch = 512 << 20
	// room is what a container may hold beyond the function's own memory: the
	// worker, and what the kernel charges for pipes and files.
	room = 24 << 20
	// mostProcesses bounds processes and threads.
	mostProcesses = 512
	period        = 100_000 // µs
)

// config says what runs in the container.
func (l *Launcher) config(kind Kind) *container.Config {
	return &container.Config{
		Image: kind.Image, Labels: l.cfg.Owner.Labels("worker"),
		Entrypoint: []string{program.Dir + "/" + entry(kind)}, Cmd: l.filtered(arguments(kind)...),
		User: nobody, WorkingDir: "/", StopSignal: stopSignal,
		AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true,
		Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
	}
}

// filtered are arguments of a program that filters its system calls if it is to.
func (l *Launcher) filtered(arguments ...string) []string {
	if l.cfg.Filter {
		return append([]string{"-filter"}, arguments...)
	}
	return arguments
}

// entry is the worker program of a kind.
func entry(kind Kind) string {
	if kind.Language == "provided" {
		return program.WorkerProvided
	}
	return program.Worker
}

func arguments(kind Kind) []string {
	args := []string{"-language", kind.Language, "-dir", workDir, "-contained"}
	if interpreter, ok := map[string]string{"python": "python3,python", "node": "node,nodejs"}[kind.Language]; ok {
		args = append(args, "-interpreter", interpreter)
	}
	if kind.Modules != "" {
		args = append(args, "-modules", kind.Modules)
	}
	if kind.Preload != "" {
		args = append(args, "-preload", kind.Preload)
	}
	if kind.Language == "provided" {
		args = append(args, "-own-network") // a holder, if any, serves one worker at a time
	}
	return args
}

// host says in what the container runs.
func (l *Launcher) host(kind Kind, network container.NetworkMode, volume string) *container.HostConfig {
	most := int64(mostProcesses)
	swappiness := int64(0)
	h := &container.HostConfig{
		AutoRemove: true, NetworkMode: network,
		ReadonlyRootfs: true, CapDrop: []string{"ALL"}, SecurityOpt: []string{"no-new-privileges"},
		IpcMode: container.IPCModePrivate,
		Tmpfs:   map[string]string{workDir: tmpfs, "/tmp": tmpfs},
		ShmSize: 64 << 20,
		Mounts:  append(ofImage(kind), program.Mount(volume)),
		// What a function prints goes over the stream; the engine keeps nothing.
		LogConfig: container.LogConfig{Type: "none"},
		Resources: container.Resources{
			Memory: kind.Memory + room, MemorySwap: kind.Memory + room, MemorySwappiness: &swappiness,
			PidsLimit: &most, Ulimits: []*container.Ulimit{{Name: "core"}},
		},
	}
	if l.cfg.Filter {
		h.SecurityOpt = append(h.SecurityOpt, "seccomp=unconfined")
	}
	if kind.CPUs > 0 {
		h.CPUPeriod, h.CPUQuota = period, int64(kind.CPUs*period)
	}
	if kind.Packages != "" {
		h.Mounts = append(h.Mounts, mount.Mount{Type: mount.TypeVolume, Source: kind.Packages, Target: PackagesDir, ReadOnly: true})
	}
	if kind.Code != "" {
		h.Mounts = append(h.Mounts, mount.Mount{Type: mount.TypeVolume, Source: kind.Code, Target: CodeDir, ReadOnly: true})
	}
	return h
}

// ofImage puts an empty directory in memory where the image would have the engine
// make a volume, which a function could fill its disk by.
func ofImage(kind Kind) (mounts []mount.Mount) {
	others := []string{workDir, "/tmp", program.Dir, PackagesDir}
	for _, dir := range strings.Split(kind.Volumes, ":") {
		if dir = path.Clean(dir); path.IsAbs(dir) && !slices.Contains(others, dir) {
			mounts = append(mounts, mount.Mount{
				Type: mount.TypeTmpfs, Target: dir, TmpfsOptions: &mount.TmpfsOptions{SizeBytes: scratch, Mode: 0o1777},
			})
		}
	}
	return mounts
}

var tmpfs = "rw,exec,nosuid,nodev,mode=1777,size=" + strconv.Itoa(scratch)
