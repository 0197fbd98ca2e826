package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The committed code must be what the committed contract gives.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	const dir = "../../sdk/proto/v1"
	fresh := t.TempDir()
	if err := run(dir, fresh, "fn/component/v1", []string{"component.proto"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"component.pb.go", "component_grpc.pb.go"} {
		want, err := os.ReadFile(filepath.Join(fresh, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not current: go generate ./sdk/proto/v1", name)
		}
	}
}
