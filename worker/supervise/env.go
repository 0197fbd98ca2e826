package supervise

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fnhost/fn/worker"
)

// baseEnv is what every process of a function sees, before the function's own
// settings: PATH and TZ of this process, and a home and tmp of its own.
func baseEnv(environ []string, h home) map[string]string {
	env := map[string]string{"HOME": h.tmp(), "TMPDIR": h.tmp(), "LANG": "C.UTF-8"}
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); name == "PATH" || name == "TZ" {
			env[name] = value
		}
	}
	return env
}

// functionEnv is what the injection adds: its own variables and the names that
// a function knows from AWS Lambda.
func functionEnv(injection worker.Injection, code, handler string) map[string]string {
	env := maps.Clone(injection.Env)
	if env == nil {
		env = map[string]string{}
	}
	env["AWS_LAMBDA_FUNCTION_NAME"] = injection.Function
	env["AWS_LAMBDA_FUNCTION_VERSION"] = injection.Version
	env["AWS_LAMBDA_LOG_GROUP_NAME"] = "/fn/" + injection.Function
	env["AWS_LAMBDA_LOG_STREAM_NAME"] = streamName(injection.Version)
	env["LAMBDA_TASK_ROOT"] = code
	env["_HANDLER"] = handler
	if injection.MemoryBytes > 0 {
		env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = strconv.FormatInt(injection.MemoryBytes>>20, 10)
	}
	return env
}

// streamName is a name that no other worker has, of the form that AWS Lambda
// gives its streams.
func streamName(version string) string {
	var unique [8]byte
	rand.Read(unique[:])
	return fmt.Sprintf("%s/[%s]%x", time.Now().UTC().Format("2006/01/02"), version, unique)
}

// merge returns one environment of several; later ones win.
func merge(envs ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, env := range envs {
		maps.Copy(all, env)
	}
	return all
}

// list gives an environment as a process wants it.
func list(env map[string]string) []string {
	entries := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		entries = append(entries, name+"="+env[name])
	}
	return entries
}
