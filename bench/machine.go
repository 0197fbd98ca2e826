package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
)

// describe says on what the figures were taken.
func (l *lab) describe(ctx context.Context) (machine, error) {
	version, err := l.home.do(ctx, "version")
	if err != nil {
		return machine{}, err
	}
	m := machine{
		FN:       strings.TrimSpace(string(version)),
		System:   runtime.GOOS + "/" + runtime.GOARCH,
		Cores:    runtime.NumCPU(),
		Go:       runtime.Version(),
		Python:   l.python.String(),
		Node:     l.node.String(),
		Docker:   l.engine.String(),
		Function: "of sh: there is no minimal executable for this system",
	}
	if l.noop {
		program, _ := tinyProgram()
		m.Function = fmt.Sprintf("a static executable of %d bytes", len(program))
	}
	for _, name := range slices.Sorted(maps.Keys(l.absent)) {
		m.Absent = append(m.Absent, name+": "+l.absent[name])
	}
	if l.engine.absent != "" {
		m.Absent = append(m.Absent, "docker and claims: "+l.engine.absent)
	}
	return m, nil
}

// machine is where the figures come from.
type machine struct {
	FN       string   `json:"fn"`
	System   string   `json:"system"`
	Cores    int      `json:"cores"`
	Go       string   `json:"go"`
	Python   string   `json:"python"`
	Node     string   `json:"node"`
	Docker   string   `json:"docker"`
	Function string   `json:"noop"`
	Absent   []string `json:"absent,omitempty"` // what could not be measured
}

func (m machine) print(w io.Writer) {
	fmt.Fprintf(w, "fn      %s\nsystem  %s, %d cores, %s\npython  %s\nnode    %s\ndocker  %s\nnoop    %s\n",
		m.FN, m.System, m.Cores, m.Go, m.Python, m.Node, m.Docker, m.Function)
	for _, absent := range m.Absent {
		fmt.Fprintf(w, "absent  %s\n", absent)
	}
}
