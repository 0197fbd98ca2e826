package docker

import (
	"testing"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	python, node := enginetest.Python(t), enginetest.Node(t)
	sdktest.Run(t, sdktest.Subject{
		New: func(testing.TB) sdk.Component { return &Component{Program: programs} },
		Settings: map[string]any{"images": map[string]string{
			"python": python, "node": node, "exec": python, "provided": python,
		}},
	})
}
