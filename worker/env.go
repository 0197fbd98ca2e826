package worker

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// CheckEnvName says whether a function's settings may set the variable name. It
// refuses names that are no identifiers, names the worker sets itself, and
// names by which a loader, an interpreter or a shell takes in code that is not
// in the bundle. The error is a *Failure of kind Invalid.
func CheckEnvName(name string) error {
	switch {
	case name == "":
		return invalid("an environment variable needs a name")
	case !identifier(name):
		return invalid("the environment name %q must be letters, digits and _, not beginning with a digit", name)
	case slices.Contains(reservedNames, name) || strings.HasPrefix(name, "AWS_LAMBDA_"):
		return invalid("the environment name %s is set by the worker", name)
	case slices.Contains(injectingNames, name), slices.ContainsFunc(injectingPrefixes, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	}):
		return invalid("the environment name %s is refused: it changes which code an interpreter loads", name)
	}
	return nil
}

// MaxEnvBytes is the most that all variables of a function may take, as NAME=VALUE
// and a zero byte each. It is what Linux lets one of them have, and what the
// injection has room for, however its JSON is escaped.
const MaxEnvBytes = 128 << 10

// CheckEnv applies CheckEnvName to every name and refuses values that are
// not UTF-8 or that no process can be given, and more than MaxEnvBytes.
func CheckEnv(env map[string]string) error {
	size := 0
	for name, value := range env {
		size += len(name) + len(value) + len("=\x00")
		if err := CheckEnvName(name); err != nil {
			return err
		}
		if !utf8.ValidString(value) {
			return invalid("the value of %s is not UTF-8", name)
		}
		if strings.ContainsRune(value, 0) {
			return invalid("the value of %s holds a zero byte", name)
		}
	}
	if size > MaxEnvBytes {
		return invalid("the environment has %d bytes, and %d KiB is the most: names and values of env and secrets together", size, MaxEnvBytes>>10)
	}
	return nil
}

var reservedNames = []string{"PATH", "HOME", "TMPDIR", "_HANDLER", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"}

var injectingPrefixes = []string{"LD_", "DYLD_", "BASH_FUNC_", "GCONV_", "MALLOC_"}

var injectingNames = []string{
	"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONUSERBASE",
	"PYTHONEXECUTABLE", "PYTHONPLATLIBDIR", "PYTHONBREAKPOINT", "PYTHONWARNINGS",
	"PYTHONPYCACHEPREFIX",
	"NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE",
	"PERL5LIB", "PERL5OPT", "PERL5DB", "PERLLIB", "RUBYLIB", "RUBYOPT", "LUA_INIT",
	"CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS",
	"BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PS4", "IFS", "PROMPT_COMMAND",
	"GLIBC_TUNABLES", "GETCONF_DIR", "LOCPATH", "NLSPATH", "HOSTALIASES", "RESOLV_HOST_CONF",
}

func identifier(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}

func invalid(format string, args ...any) *Failure {
	return &Failure{Kind: Invalid, Message: fmt.Sprintf(format, args...)}
}
