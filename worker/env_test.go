package worker

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckEnvName(t *testing.T) {
	for _, name := range []string{"A", "_x", "a1_B", "HOMEPAGE", "PYTHONUNBUFFERED", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "TZ", "LANG", "LDAP_URL"} {
		if err := CheckEnvName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{
		"", "1A", "A-B", "A=B", "Ä", "A B", "A\x00", "PATH", "HOME", "TMPDIR", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME",
		"LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "PYTHONPATH", "PYTHONHOME",
		"PYTHONSTARTUP", "NODE_OPTIONS", "BASH_ENV", "GLIBC_TUNABLES", "PERL5OPT", "JAVA_TOOL_OPTIONS",
	} {
		var f *Failure
		if err := CheckEnvName(name); !errors.As(err, &f) || f.Kind != Invalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	if CheckEnv(map[string]string{"A": "x\x00"}) == nil {
		t.Error("a zero byte in a value was taken")
	}
	if err := CheckEnv(map[string]string{"A": strings.Repeat("x", MaxEnvBytes-3)}); err != nil {
		t.Error(err)
	}
	if err := CheckEnv(map[string]string{"A": strings.Repeat("x", MaxEnvBytes-5), "B": ""}); err == nil {
		t.Error("more than all may have was taken")
	}
	if CheckEnv(map[string]string{"A": "\xff"}) == nil {
		t.Error("a value that is not UTF-8 was taken")
	}
}
