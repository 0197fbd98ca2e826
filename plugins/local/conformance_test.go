package local

import (
	"os"
	"testing"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	sdktest.Run(t, sdktest.Subject{New: func(testing.TB) sdk.Component {
		return &Component{Program: os.Getenv(programVar)}
	}})
}
