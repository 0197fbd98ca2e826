package main

import "os"

func main() {
	dir, _ := os.Getwd() // a deleted directory is no obstacle where no path is given
	os.Exit(run(os.Args[1:], system{
		stdin:      os.Stdin,
		stdout:     os.Stdout,
		stderr:     os.Stderr,
		env:        os.Environ(),
		dir:        dir,
		executable: os.Executable,
	}))
}

// run is fn from its arguments to its exit code.
func run(args []string, s system) int {
	c := newCommandLine(s)
	err := c.main(args)
	if closeErr := c.close(); err == nil {
		err = closeErr
	}
	return c.report(err)
}
