package sdk

import (
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
)

// LogWriter returns a writer onto one stream of a call's log, for os/exec and
// other writers.
func LogWriter(out Output, stream LogStream) io.Writer {
	return logWriter{out: out, stream: stream}
}

type logWriter struct {
	out    Output
	stream LogStream
}

func (w logWriter) Write(p []byte) (int, error) {
	if err := w.out.Log(w.stream, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Environ is the function's Env and the call's Secrets, which win, as NAME=value
// in the order of their names.
func (inv Invocation) Environ() []string {
	all := maps.Clone(inv.Function.Env)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, inv.Secrets)
	environ := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		environ = append(environ, name+"="+all[name])
	}
	return environ
}

// Exited makes of an *exec.ExitError, the unsuccessful end of a process that ran
// a function, an error of kind FunctionFailed. Any other err is returned as it
// is.
func Exited(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	failed := Errorf(FunctionFailed, "the function ended with %s", exit.ProcessState)
	failed.Function = &FunctionError{
		Message:    failed.Message,
		Type:       "Runtime.ExitError",
		ExitStatus: max(0, exit.ExitCode()), // -1: by a signal
	}
	return failed
}
