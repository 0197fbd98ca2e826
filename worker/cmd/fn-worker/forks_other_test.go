//go:build unix && !linux

package main

import "testing"

func forked(testing.TB) bool { return false }

func fork(testing.TB, []string) *proc { return nil }
