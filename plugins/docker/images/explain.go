package images

import (
	"errors"
	"regexp"
	"strings"

	"github.com/fnhost/fn/sdk"
)

// How engines say what went wrong; their status codes do not tell.
var (
	noSpace       = regexp.MustCompile(`(?i)no space left on device|disk quota exceeded`)
	otherPlatform = regexp.MustCompile(`(?i)no matching manifest for|does not match the specified platform|no match for platform`)
	unknownImage  = regexp.MustCompile(`(?i)manifest unknown|repository does not exist|manifest for .* not found|repository .* not found|name unknown|: not found`)
	refused       = regexp.MustCompile(`(?i)no basic auth credentials|unauthorized|authentication required|incorrect username or password|denied|forbidden`)
	rateLimited   = regexp.MustCompile(`(?i)toomanyrequests|too many requests`)
	unreachable   = regexp.MustCompile(`(?i)dial tcp|no such host|i/o timeout|connection (refused|reset)|TLS handshake|Client\.Timeout|network is unreachable|\bEOF\b|x509:|server gave HTTP response|proxyconnect|temporary failure in name resolution|bad gateway|service unavailable`)
)

// explainPull makes an error of one of a pull. credentialsErr is why no
// credentials were sent, if they could not be had.
func (s *Store) explainPull(r reference, err, credentialsErr error) error {
	var known *sdk.Error
	if explained := s.Engine.Explain(err); errors.As(explained, &known) {
		return explained
	}
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	switch {
	case noSpace.MatchString(text):
		return sdk.Errorf(sdk.ResourceExhausted, "the engine has no space left for the image %s", r.written).WithHint("docker system df, then docker system prune")
	case otherPlatform.MatchString(text):
		return sdk.Errorf(sdk.Invalid, "the image %s is not for the platform of the engine: %s", r.written, text).WithHint("choose an image for it: docker manifest inspect %s", r.written)
	case unknownImage.MatchString(text):
		return sdk.Errorf(sdk.NotFound, "neither the engine nor %s has an image %s", r.host, r.written).
			WithHint("check the name; for a private image: %s", login(r.host))
	case refused.MatchString(text) && credentialsErr != nil:
		return sdk.Errorf(sdk.PermissionDenied, "%s wants credentials for %s: %w", r.host, r.written, credentialsErr).WithHint("%s", login(r.host))
	case refused.MatchString(text):
		return sdk.Errorf(sdk.PermissionDenied, "%s refuses %s: %s", r.host, r.written, text).WithHint("%s", login(r.host))
	case rateLimited.MatchString(text):
		return sdk.Errorf(sdk.Unavailable, "%s has had too many pulls: %s", r.host, text).WithHint("wait, or %s", login(r.host))
	case unreachable.MatchString(text):
		return sdk.Errorf(sdk.Unavailable, "the engine does not reach %s for %s: %s", r.host, r.written, text).
			WithHint("docker pull %s    where there is a network; an image that the engine has needs none", r.written)
	}
	return sdk.Errorf(sdk.Unavailable, "the engine could not pull %s: %s", r.written, text).WithHint("docker pull %s", r.written)
}

func login(host string) string {
	if host == hub {
		return "docker login"
	}
	return "docker login " + host
}
