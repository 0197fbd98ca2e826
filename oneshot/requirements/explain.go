package requirements

import (
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

// logLines is what of a log an error shows.
const logLines = 20

// Failure is how an installer failed: what is wrong in one sentence, and the end
// of what it printed. otherwise is the reason where the log tells none; room is
// what shows where the space is missing that the log complains of.
func (n Needs) Failure(installer, log, otherwise, room string) error {
	reason := otherwise
	for _, pattern := range reasons {
		if found := pattern.FindStringSubmatch(log); found != nil {
			reason = strings.TrimSpace(found[1])
			break
		}
	}
	kind, hint := sdk.Invalid, "correct "+n.File
	switch {
	case noSpace.MatchString(log):
		kind, reason, hint = sdk.ResourceExhausted, "there is no space left", room
	case noNetwork.MatchString(log):
		kind = sdk.Unavailable
		reason = "where packages come from cannot be reached"
		hint = map[string]string{
			Python: "pip download -d " + Wheels + " -r " + n.File + "    where there is a network; wheels in the code need none",
			Node:   "npm install    where there is a network; node_modules in the code needs none",
		}[n.Language]
	}
	return sdk.Errorf(kind, "%s could not install %s: %s\n%s", installer, n.File, reason, ending(log)).WithHint("%s", hint)
}

// ending is the last lines of a log.
func ending(log string) string {
	all := strings.Split(strings.TrimSpace(log), "\n")
	all = all[max(0, len(all)-logLines):]
	for i, line := range all {
		all[i] = "  " + strings.TrimRight(line, "\r ")
	}
	return strings.Join(all, "\n")
}
