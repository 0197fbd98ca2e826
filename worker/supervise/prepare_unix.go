//go:build unix

package supervise

import (
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

func (i *interpreted) prepare() (string, *worker.Failure) {
	if i.arguments != nil {
		found, failure := findInterpreter(i.interpreter, i.env["PATH"])
		if failure != nil {
			return "", failure
		}
		i.interpreter = found
	}
	if err := i.start(); err != nil {
		return "", failed(worker.Unavailable, "starting %s: %v", i.name, err)
	}
	var hello worker.Hello
	if failure := i.answer(frame.Hello, &hello); failure != nil {
		return "", i.unready(failure)
	}
	return hello.Version, i.outdated(hello.Version)
}

// unready explains an interpreter that did not come to its Hello. One that is
// too old cannot read what it is given, and says so in words that do not help.
func (i *interpreted) unready(failure *worker.Failure) *worker.Failure {
	if i.arguments != nil && closed(i.child.Ended()) {
		i.kill()
		if old := i.outdated(askVersion(i.interpreter, list(i.env))); old != nil {
			return old
		}
	}
	failure.Kind = worker.Unavailable
	failure.Message = i.name + " was not ready: " + failure.Message
	return failure
}
