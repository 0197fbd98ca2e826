package deps

import (
	"context"
	"errors"
	"os/exec"
	"regexp"
	"strings"

	"github.com/fnhost/fn/sdk"
)

var (
	noSpace = regexp.MustCompile(`No space left on device|ENOSPC|Disk quota exceeded|EDQUOT`)
	// noNetwork is how pip and npm say that a registry cannot be reached.
	noNetwork = regexp.MustCompile(`NewConnectionError|Failed to establish a new connection|name resolution|ConnectTimeout|ReadTimeout|Max retries exceeded|ProxyError|Network is unreachable|Connection (refused|reset)|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT`)
	reasons   = []*regexp.Regexp{
		regexp.MustCompile(`(?m)^ERROR: (No matching distribution found for .*)$`),
		regexp.MustCompile(`(?m)^(?:npm error|npm ERR!) ((?:\d{3} |notarget |Cannot |Could not |Unsupported |Invalid )[^\n]*)$`),
		regexp.MustCompile(`(?m)^ERROR: (.*)$`),
		regexp.MustCompile(`(?m)^(?:npm error|npm ERR!) (.*)$`),
	}
)

// explain makes an error of how a tool ended: what is wrong in one sentence, and
// the end of what it printed.
func (t tool) explain(ctx context.Context, n Needs, log string, err error) error {
	var exit *exec.ExitError
	if err == nil || ctx.Err() != nil || !errors.As(err, &exit) {
		return err
	}
	reason := err.Error()
	for _, pattern := range reasons {
		if found := pattern.FindStringSubmatch(log); found != nil {
			reason = strings.TrimSpace(found[1])
			break
		}
	}
	kind, hint := sdk.Invalid, "correct "+n.file
	switch {
	case noSpace.MatchString(log):
		kind, reason, hint = sdk.ResourceExhausted, "there is no space left", "df -h "+t.dir
	case noNetwork.MatchString(log):
		kind = sdk.Unavailable
		reason = "where packages come from cannot be reached"
		hint = map[string]string{
			python: "pip download -d " + wheels + " -r " + n.file + "    where there is a network; wheels in the code need none",
			node:   "npm install    where there is a network; node_modules in the code needs none",
		}[n.language]
	}
	return sdk.Errorf(kind, "%s could not install %s: %s\n%s", t.name, n.file, reason, ending(log)).WithHint("%s", hint)
}
