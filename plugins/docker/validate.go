package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/api/types/system"
	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

const (
	// oldest is the first engine with API 1.41, which has private IPC and one-shot
	// statistics.
	oldest = "20.10"
	// leastFree is the room, in bytes, that an engine needs to start containers.
	leastFree = 256 << 20
	// probeLimit bounds the start of a container.
	probeLimit = 30 * time.Second
)

// Validate starts a container and hears from the worker in it. It has no image to
// pull: the one it uses is empty and made here.
func (c *Component) Validate(ctx context.Context) (sdk.Validation, error) {
	to, err := c.up(ctx)
	if err != nil {
		return sdk.Validation{Checks: []sdk.Check{failed("engine", err)}}, ctx.Err()
	}
	info, err := to.engine.Info(ctx)
	if err != nil {
		return sdk.Validation{Checks: []sdk.Check{failed("engine", to.engine.Explain(err))}}, ctx.Err()
	}
	checks := make([]sdk.Check, 5)
	var group sync.WaitGroup
	for i, check := range []func() sdk.Check{
		func() sdk.Check { return checkEngine(info, to) },
		func() sdk.Check { return c.checkContainers(ctx, to) },
		func() sdk.Check { return checkLimits(info) },
		func() sdk.Check { return checkDisk(info) },
		func() sdk.Check { return isolation(info, to.filters) },
	} {
		group.Go(func() { checks[i] = check() })
	}
	group.Wait()
	return sdk.Validation{Checks: checks}, ctx.Err()
}

// failed is a check that failed with an error, and with its mend.
func failed(name string, err error) sdk.Check {
	check := sdk.Check{Name: name, State: sdk.CheckFailed, Message: err.Error()}
	var e *sdk.Error
	if errors.As(err, &e) {
		check.Message, check.Hint = e.Message, e.Hint
	}
	return check
}

func checkEngine(info system.Info, to *linked) sdk.Check {
	check := sdk.Check{Name: "engine", State: sdk.CheckOK, Found: info.ServerVersion, Minimum: oldest,
		Message: fmt.Sprintf("%s at %s (%s), %s", info.OperatingSystem, to.engine.Place.Host, to.engine.Place.From, info.Architecture)}
	switch {
	case info.OSType != "linux":
		check.State, check.Message = sdk.CheckFailed, "it runs containers of "+info.OSType+", functions need linux"
		check.Hint = "docker context ls"
	case sdk.CompareVersions(info.ServerVersion, oldest) < 0:
		check.State, check.Message = sdk.CheckFailed, "it is too old"
		check.Hint = "docker version"
	}
	return check
}

// checkContainers starts a worker in an empty image, without a network, as
// functions get it.
func (c *Component) checkContainers(ctx context.Context, to *linked) sdk.Check {
	const name = "containers"
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	image, err := program.Image(ctx, to.engine)
	if err != nil {
		return failed(name, err)
	}
	began := time.Now()
	w, err := to.launcher.Start(ctx, container.Kind{
		Language: languageProvided, Ref: "an empty image", Image: image, Memory: 64 << 20, CPUs: 1, NoNetwork: true,
	})
	if err != nil {
		return failed(name, oneshot.Failure(err))
	}
	took := time.Since(began)
	w.Stop()
	return sdk.Check{Name: name, State: sdk.CheckOK, Message: fmt.Sprintf("one was started, and its worker answered after %d ms", took.Milliseconds())}
}

// checkLimits says which limits the engine does not enforce. Without one of
// memory functions can take all of the machine.
func checkLimits(info system.Info) sdk.Check {
	const name = "limits"
	var missing []string
	for _, limit := range []struct {
		there bool
		name  string
	}{{info.MemoryLimit, "memory"}, {info.SwapLimit, "swap"}, {info.PidsLimit, "processes"}, {info.CPUCfsQuota, "processor time"}} {
		if !limit.there {
			missing = append(missing, limit.name)
		}
	}
	switch {
	case !info.MemoryLimit:
		return sdk.Check{Name: name, State: sdk.CheckFailed, Message: "the engine does not limit " + strings.Join(missing, ", "), Hint: "docker info"}
	case len(missing) > 0:
		return sdk.Check{Name: name, State: sdk.CheckSkipped, Message: "the engine does not limit " + strings.Join(missing, ", "), Hint: "docker info"}
	}
	version := ""
	if info.CgroupVersion != "" {
		version = " (cgroup v" + info.CgroupVersion + ")"
	}
	return sdk.Check{Name: name, State: sdk.CheckOK, Message: "memory, processes and processor time are limited" + version}
}

// checkDisk looks at the engine's disk, where that is one of this machine.
func checkDisk(info system.Info) sdk.Check {
	const name = "disk"
	if _, err := os.Stat(info.DockerRootDir); err != nil {
		return sdk.Check{Name: name, State: sdk.CheckSkipped, Message: "the engine's disk cannot be seen from here"}
	}
	free, err := oneshot.FreeBytes(info.DockerRootDir)
	switch {
	case err != nil:
		return sdk.Check{Name: name, State: sdk.CheckSkipped, Message: "its free space is unknown: " + err.Error()}
	case free < leastFree:
		return sdk.Check{Name: name, State: sdk.CheckFailed, Hint: "docker system prune",
			Message: fmt.Sprintf("only %d MiB are free at %s, %d are needed", free>>20, info.DockerRootDir, leastFree>>20)}
	}
	return sdk.Check{Name: name, State: sdk.CheckOK, Message: fmt.Sprintf("%d MiB are free", free>>20)}
}

// isolation says what keeps a function in its container.
func isolation(info system.Info, filters bool) sdk.Check {
	words := "no capabilities, and no way to any; not root; read-only files but for /fn and /tmp, in memory; no traffic between functions"
	if filters {
		words += "; system calls are filtered by the worker, as Docker's own profile does"
	}
	for _, option := range info.SecurityOptions {
		switch name, _, _ := strings.Cut(strings.TrimPrefix(option, "name="), ","); name {
		case "apparmor", "selinux", "rootless", "userns":
			words += "; " + name
		case "seccomp":
			if !filters {
				words += "; seccomp"
			}
		}
	}
	return sdk.Check{Name: "isolation", State: sdk.CheckOK, Message: words}
}
