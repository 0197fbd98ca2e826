package engine

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"runtime"
	"strings"

	"github.com/docker/docker/client"
	"github.com/fnhost/fn/sdk"
)

// Explain turns an error of the client that is about the connection to an engine
// into one with its mend. Other errors, and those that are explained already,
// come back as they are.
func Explain(err error, place Place) error {
	var known *sdk.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	at := place.Host + " (" + place.From + ")"
	switch {
	case errors.Is(err, fs.ErrPermission):
		return sdk.Errorf(sdk.Unavailable, "no permission to use the engine at %s", at).WithHint("%s", permissionMend(place))
	case errors.Is(err, context.DeadlineExceeded):
		return sdk.Errorf(sdk.Unavailable, "the engine at %s does not answer", at).WithHint("%s", startMend(place, "restart"))
	case errors.Is(err, context.Canceled):
		return err
	case isTLS(err):
		return sdk.Errorf(sdk.Unavailable, "TLS to the engine at %s: %w", at, innermost(err)).WithHint("%s", tlsMend(place))
	case strings.Contains(err.Error(), "TLS-enabled daemon without TLS"), strings.Contains(err.Error(), "HTTP request to an HTTPS server"):
		return sdk.Errorf(sdk.Unavailable, "the engine at %s wants TLS", at).WithHint("set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to the directory of ca.pem, cert.pem and key.pem")
	case client.IsErrConnectionFailed(err):
		return sdk.Errorf(sdk.Unavailable, "no engine answers at %s", at).WithHint("%s", startMend(place, "start"))
	}
	return err
}

// Explain is package function Explain for this engine.
func (e *Engine) Explain(err error) error { return Explain(err, e.Place) }

// isTLS says whether a handshake failed, by either side.
func isTLS(err error) bool {
	var alert tls.AlertError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &alert) || errors.As(err, &certificate) || errors.As(err, &record) ||
		strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// innermost leaves out what wraps the fact: the request and its address.
func innermost(err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

func tlsMend(place Place) string {
	if place.tls == nil {
		return "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to the directory of ca.pem, cert.pem and key.pem"
	}
	return "check that ca.pem, cert.pem and key.pem in " + place.tls.dir + " are those of this engine"
}

func permissionMend(place Place) string {
	switch {
	case place.Host == podmanHost:
		return "systemctl --user start podman.socket"
	case runtime.GOOS == "linux":
		return "sudo usermod -aG docker $USER, then log in again"
	}
	return "start Docker Desktop as this user"
}

// startMend is how to start, or restart, the engine of a place.
func startMend(place Place, verb string) string {
	switch {
	case place.Host == podmanHost:
		return "sudo systemctl " + verb + " podman.socket"
	case strings.HasPrefix(place.Host, "unix://") && strings.HasSuffix(place.Host, "/podman/podman.sock"):
		return "systemctl --user " + verb + " podman.socket"
	case place.From == rootless, strings.HasPrefix(place.Host, "unix:///run/user/"):
		return "systemctl --user " + verb + " docker"
	case runtime.GOOS != "linux" && !strings.HasPrefix(place.Host, "tcp://"):
		return verb + " Docker Desktop"
	case place.Host == defaultHost:
		return "sudo systemctl " + verb + " docker"
	}
	return verb + " the engine there, or choose another one: docker context ls"
}
