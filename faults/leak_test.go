//go:build linux

package faults

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What three hundred calls, good and bad, leave behind is nothing.
func TestNoLeak(t *testing.T) {
	t.Parallel()
	const calls, atOnce, slack = 300, 8, 2
	// The plugin holds two descriptors more of a python worker that is a fork than
	// of one that is a process of its own, and two wait.
	const ofWorkers = 4
	h := newHome(t)
	// Calls at once make the pool larger, which is no leak.
	h.write(h.path("config", "plugins.toml"), "[local]\n[local.config]\nwarm_max = 2\n", 0o644)
	h.have("echo", "exec", echo)
	h.have("snake", "python", echoPython)
	h.have("fail", "exec", "#!/bin/sh\nexit 3\n")
	h.have("slow", "exec", endless)
	rounds := func(n int) {
		var jobs []func()
		for i := range n {
			jobs = append(jobs, func() {
				switch i % 10 {
				case 1, 4, 7:
					expect(h, 0, "run", "snake", "1")
				case 2, 5:
					expect(h, 1, "run", "fail")
				case 3:
					expect(h, 124, "run", "slow", "--timeout", "100ms")
				default:
					expect(h, 0, "run", "echo", "1")
				}
			})
		}
		several(atOnce, jobs)
	}
	rounds(40)
	before := h.settled()
	rounds(calls)
	defer func() {
		if t.Failed() {
			t.Logf("open in the host: %v\nopen in the plugin: %v", descriptors(h.one(host)), descriptors(h.one(plugin)))
		}
	}()
	h.eventually(15*time.Second, fmt.Sprintf("as much is in use as before (%+v)", before), func() (string, bool) {
		if open, groups := h.grouped(), h.groupsOfWorkers(); open > groups || groups > 4*atOnce {
			return fmt.Sprintf("%d files of %d control groups are open", open, groups), false
		}
		now := h.used()
		return fmt.Sprintf("%+v", now), now.host <= before.host+slack && now.plugin <= before.plugin+slack+ofWorkers &&
			now.processes == before.processes && now.files <= before.files+slack
	})
}

// used is what a home takes of the machine.
type used struct{ host, plugin, processes, files int }

func (h *home) used() used {
	h.Helper()
	return used{
		host: len(descriptors(h.one(host))) - h.database(), plugin: len(descriptors(h.one(plugin))) - h.grouped(),
		processes: len(h.processes()), files: len(h.sessions()),
	}
}

// grouped counts the plugin's descriptors of control groups. Groups are kept and
// used again, with what is open in them: as many as workers were there at once.
func (h *home) grouped() (n int) {
	for _, file := range descriptors(h.one(plugin)) {
		if strings.HasPrefix(file, "/sys/fs/cgroup/") && filepath.Base(file) == "tasks" {
			n++
		}
	}
	return n
}

// database counts the host's descriptors of the database: its connections are
// opened when first needed, and bounded.
func (h *home) database() (n int) {
	for _, file := range descriptors(h.one(host)) {
		if strings.HasPrefix(file, h.path("data", "fn.db")) {
			n++
		}
	}
	return n
}

// settled is what is used when nothing has changed for a while.
func (h *home) settled() used {
	h.Helper()
	last, since := h.used(), time.Now()
	h.eventually(20*time.Second, "nothing changes", func() (string, bool) {
		if now := h.used(); now != last {
			last, since = now, time.Now()
		}
		return fmt.Sprintf("%+v", last), time.Since(since) > 500*time.Millisecond
	})
	return last
}
