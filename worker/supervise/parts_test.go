package supervise

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestBootstrapHasEveryPart(t *testing.T) {
	for ending, parts := range map[string]string{".py": pythonParts, ".js": nodeParts} {
		files, err := fs.Glob(bootstrap, "bootstrap/*"+ending)
		if err != nil {
			t.Fatal(err)
		}
		var listed []string
		for _, part := range strings.Fields(parts) {
			listed = append(listed, "bootstrap/"+part+ending)
		}
		if slices.Sort(listed); !slices.Equal(files, listed) {
			t.Errorf("files %q, parts %q", files, listed)
		}
	}
}
