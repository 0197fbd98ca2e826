package sandbox

import (
	"path/filepath"
	"slices"
	"strings"
)

// A View says what a process sees of the files of this machine. All paths are
// absolute; one that does not exist is passed over.
type View struct {
	// Hide are directories that look empty.
	Hide []string `json:"hide,omitempty"`
	// Show are directories below hidden ones, /tmp or /dev that can be seen all
	// the same, and read.
	Show []string `json:"show,omitempty"`
	// Dir can be written to, wherever it is. The process begins in it.
	Dir string `json:"dir,omitempty"`
	// At, a directory, is where Dir is seen, in place of what is there; by default
	// where it lies.
	At string `json:"at,omitempty"`
	// Tmp, a directory, is also /tmp and /var/tmp. It is made if it is missing.
	Tmp string `json:"tmp,omitempty"`
	// ReadOnly lets nothing be written but Dir, Tmp and what Devices gives.
	ReadOnly bool `json:"read_only,omitempty"`
	// Devices makes a /dev with null, zero, full, random, urandom and tty, with
	// terminals and a shm of its own, and nothing else.
	Devices bool `json:"devices,omitempty"`
	// Proc makes a /proc that shows the processes of the own pid namespace, and
	// that cannot be written to.
	Proc bool `json:"proc,omitempty"`
}

// hidden is what a hidden directory is replaced by: enough room for the names of
// what is shown below it.
const hidden = "mode=0755,size=256k"

// Plan returns the steps that make the view. It looks at the directories there
// are; links in their paths are followed now.
func (v View) Plan() Plan {
	v = v.resolved()
	p := &planner{view: v}
	p.add(Step{Do: doMount, Target: "/", Flags: msRecursive | msPrivate})
	p.open()
	if v.ReadOnly {
		p.add(Step{Do: doAttr, Target: "/", Flags: attrReadOnly | attrNoSuid})
	}
	p.arrange()
	if v.Devices {
		p.fillDevices()
	}
	if v.Proc {
		p.add(Step{Do: doMount, Source: "proc", Target: "/proc", Type: "proc", Flags: msReadOnly | msNoSuid | msNoDev | msNoExec})
	}
	if v.ReadOnly {
		for _, path := range p.empty {
			// Not by attr, which would reach what is shown in it.
			p.add(Step{Do: doMount, Target: path, Flags: msRemount | msBind | msReadOnly | msNoSuid | msNoDev})
		}
	}
	if v.Dir != "" {
		p.add(Step{Do: doChdir, Target: v.At})
	}
	return p.plan
}

// Needed returns those of the paths that the view would not show by itself, or
// not be sure to.
func (v View) Needed(paths []string) []string {
	v = v.resolved()
	covers := slices.Concat(v.Hide, tmpDirs(), []string{"/dev"})
	paths = real(paths)
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), func(path string) bool {
		return !slices.ContainsFunc(covers, func(dir string) bool { return within(dir, path) })
	})
}

// A planner collects steps.
type planner struct {
	view  View
	plan  Plan
	empty []string // directories that a small file system covers
}

func (p *planner) add(steps ...Step) { p.plan = append(p.plan, steps...) }

// open takes hold of what must stay writable, before all becomes read-only.
func (p *planner) open() {
	v := p.view
	if v.Tmp != "" {
		p.add(Step{Do: doMkdir, Target: v.Tmp}, Step{Do: doClone, Target: v.Tmp})
	}
	if v.Dir != "" {
		p.add(Step{Do: doClone, Target: v.Dir})
	}
	if v.Devices {
		for _, device := range devices {
			p.add(Step{Do: doClone, Target: device})
		}
	}
}

// arrange covers what is hidden and puts what is shown on top, outer
// directories before inner ones.
func (p *planner) arrange() {
	v := p.view
	covers := slices.Clone(v.Hide)
	if v.Tmp != "" {
		covers = append(covers, tmpDirs()...)
	}
	if v.Devices {
		covers = append(covers, "/dev")
	}
	all := slices.Concat(covers, v.Show)
	if v.Dir != "" {
		all = append(all, v.At)
	}
	slices.Sort(all) // a directory comes before what is in it
	all = slices.Compact(all)
	covered := func(path string) bool { return slices.Contains(covers, path) }
	shown := slices.DeleteFunc(slices.Clone(v.Show), func(path string) bool {
		return path == v.At || !covered(nearest(all, path))
	})
	for _, path := range shown {
		p.add(Step{Do: doClone, Target: path})
	}
	for _, path := range all {
		below := covered(nearest(all, path))
		switch {
		case path == v.At, slices.Contains(shown, path):
			if below {
				p.add(Step{Do: doMkdir, Target: path})
			}
			p.add(Step{Do: doMove, Source: p.source(path), Target: path})
		case covered(path) && !below:
			p.cover(path)
		}
	}
}

// source is what is seen at path.
func (p *planner) source(path string) string {
	if path == p.view.At {
		return p.view.Dir
	}
	return path
}

// cover puts something else where path is.
func (p *planner) cover(path string) {
	switch {
	case path == "/dev":
		p.add(Step{Do: doMount, Source: "tmpfs", Target: path, Type: "tmpfs", Flags: msNoSuid, Data: "mode=0755,size=64m"})
	case p.view.Tmp == "" || !slices.Contains(tmpDirs(), path):
		p.add(Step{Do: doMount, Source: "tmpfs", Target: path, Type: "tmpfs", Flags: msNoSuid | msNoDev, Data: hidden})
		p.empty = append(p.empty, path)
	case path == tmpDirs()[0]:
		p.add(Step{Do: doMove, Source: p.view.Tmp, Target: path})
	default:
		p.add(Step{Do: doMount, Source: tmpDirs()[0], Target: path, Flags: msBind})
	}
}

// nearest returns the innermost of sorted paths that path lies in, "" for none.
func nearest(sorted []string, path string) (found string) {
	for _, dir := range sorted {
		if dir != path && within(dir, path) {
			found = dir
		}
	}
	return found
}

func within(dir, path string) bool {
	return dir == "/" || path == dir || strings.HasPrefix(path, dir+"/")
}

// resolved returns the view with real paths.
func (v View) resolved() View {
	v.Hide, v.Show = real(v.Hide), real(v.Show)
	v.Dir, v.At = realOf(v.Dir), realOf(v.At)
	if v.At == "" {
		v.At = v.Dir
	}
	if v.Tmp != "" {
		v.Tmp = filepath.Join(realOf(filepath.Dir(v.Tmp)), filepath.Base(v.Tmp))
	}
	return v
}

func real(paths []string) (all []string) {
	for _, path := range paths {
		if path = realOf(path); path != "" && path != "/" {
			all = append(all, path)
		}
	}
	return all
}

// realOf returns "" for what is not there.
func realOf(path string) string {
	if path == "" {
		return ""
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	return path
}

// tmpDirs are the real directories for temporary files, /tmp first.
func tmpDirs() []string { return slices.Compact(real([]string{"/tmp", "/var/tmp"})) }
