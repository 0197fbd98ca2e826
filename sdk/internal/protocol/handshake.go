package protocol

import "github.com/hashicorp/go-plugin"

// PluginName is the one entry of the go-plugin set.
const PluginName = "component"

// The magic cookie tells a plugin that a host started it. It is no secret.
const (
	CookieKey   = "FN_PLUGIN"
	CookieValue = "5d1f0a8e7b3c4962"
)

// Handshake is what host and plugin agree on before the first call.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		ProtocolVersion:  1,
		MagicCookieKey:   CookieKey,
		MagicCookieValue: CookieValue,
	}
}
