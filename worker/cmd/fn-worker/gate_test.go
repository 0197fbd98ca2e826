//go:build unix

package main

import (
	"io"
	"strings"
	"sync"
)

// A gate is an event that nobody can read before it is opened.
type gate struct {
	opened chan struct{}
	once   sync.Once
	text   io.Reader
}

func newGate(text string) *gate {
	return &gate{opened: make(chan struct{}), text: strings.NewReader(text)}
}

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

func (g *gate) Read(p []byte) (int, error) {
	<-g.opened
	return g.text.Read(p)
}
