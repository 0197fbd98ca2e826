package program

import (
	"debug/elf"
	"os"
	"path/filepath"
	"runtime"

	"github.com/fnhost/fn/sdk"
)

// The names of the programs, in the volume too.
const (
	Worker         = "fn-worker"          // of every language but provided
	WorkerProvided = "fn-worker-provided" // of that one
)

const source = "github.com/fnhost/fn/worker/cmd/"

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// Find returns the programs for a Linux of an architecture ("amd64", "arm64"),
// from their names to their paths. They are looked for in dir, where the plugin
// is, as fn-worker-linux-ARCH, as linux_ARCH/fn-worker (where go install puts
// it) and, on such a system, as fn-worker.
func Find(dir, arch string) (map[string]string, error) {
	files := map[string]string{}
	for _, name := range []string{Worker, WorkerProvided} {
		file, err := find(dir, name, arch)
		if err != nil {
			return nil, err
		}
		files[name] = file
	}
	return files, nil
}

func find(dir, name, arch string) (string, error) {
	if _, known := machines[arch]; !known {
		return "", sdk.Errorf(sdk.Unavailable, "the engine runs on %s; workers are for amd64 and arm64", arch)
	}
	candidates := []string{filepath.Join(dir, name+"-linux-"+arch), filepath.Join(dir, "linux_"+arch, name)}
	if native(arch) {
		candidates = append(candidates, filepath.Join(dir, name))
	}
	for _, file := range candidates {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file, check(file, dir, name, arch)
		}
	}
	return "", sdk.Errorf(sdk.Unavailable, "the program %s for linux/%s is not in %s", name, arch, dir).WithHint("%s", mend(dir, name, arch))
}

// check refuses a program that no container could run.
func check(file, dir, name, arch string) error {
	program, err := elf.Open(file)
	if err != nil {
		return sdk.Errorf(sdk.Unavailable, "%s is no program for Linux: %w", file, err).WithHint("%s", mend(dir, name, arch))
	}
	defer program.Close()
	if program.Machine != machines[arch] {
		return sdk.Errorf(sdk.Unavailable, "%s is not for %s", file, arch).WithHint("%s", mend(dir, name, arch))
	}
	for _, segment := range program.Progs {
		if segment.Type == elf.PT_INTERP {
			return sdk.Errorf(sdk.Unavailable, "%s needs libraries that an image may not have", file).WithHint("%s", mend(dir, name, arch))
		}
	}
	return nil
}

// mend is a command that makes a program in dir.
func mend(dir, name, arch string) string {
	if native(arch) {
		return "CGO_ENABLED=0 GOBIN=" + dir + " go install " + source + name + "@latest"
	}
	return "CGO_ENABLED=0 GOOS=linux GOARCH=" + arch + " go install " + source + name + "@latest && cp \"$(go env GOPATH)/bin/linux_" +
		arch + "/" + name + "\" " + filepath.Join(dir, name+"-linux-"+arch)
}

func native(arch string) bool { return runtime.GOOS == "linux" && runtime.GOARCH == arch }
