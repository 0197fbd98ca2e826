//go:build !unix

package deps

import "os/exec"

func runGroup(cmd *exec.Cmd) error { return cmd.Run() }
