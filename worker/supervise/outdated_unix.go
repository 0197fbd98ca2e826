//go:build unix

package supervise

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// askLimit bounds the question for an interpreter's version.
const askLimit = 5 * time.Second

var versionNumber = regexp.MustCompile(`\d+(\.\d+)+`)

// outdated says that a version is older than the dialect's minimum; nil where it
// is not, or where there is none to compare.
func (d dialect) outdated(version string) *worker.Failure {
	if version == "" || !older(version, d.minimum) {
		return nil
	}
	return failed(worker.Unavailable, "%s is %s %s, at least %s is needed", d.interpreter, d.title, version, d.minimum)
}

func older(version, minimum string) bool {
	for wanted := range strings.SplitSeq(minimum, ".") {
		number, rest, _ := strings.Cut(version, ".")
		have, _ := strconv.Atoi(number)
		want, _ := strconv.Atoi(wanted)
		if have != want {
			return have < want
		}
		version = rest
	}
	return false
}

// askVersion lets an interpreter that could not run a worker tell its version;
// empty where it does not.
func askVersion(interpreter string, env []string) string {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return ""
	}
	defer null.Close()
	var said lines
	child, taps, err := startTapped(process.Spec{
		Path: interpreter, Args: []string{interpreter, "--version"}, Env: env, Dir: "/",
	}, null, said.add, said.add) // python 2 writes it to standard error
	if err != nil {
		return ""
	}
	select {
	case <-child.Ended():
	case <-time.After(askLimit):
	}
	child.Kill(killLimit)
	settle(straggle, taps...)
	return versionNumber.FindString(said.text())
}
