package sdk_test

import (
	"testing"

	"github.com/fnhost/fn/sdk"
)

func TestCompareVersions(t *testing.T) {
	for _, test := range []struct {
		older, newer string
		equal        bool
	}{
		{"9", "20.10", false},
		{"1.2", "1.2.0", true},
		{"v1.2.3", "1.2.3", true},
		{"Python 3.9.1", "3.11.0", false},
		{"go1.25.9", "go1.26", false},
		{"1.2-rc1", "1.2", false},
		{"1.2-rc1", "1.2.0-rc2", false},
		{"1.2.0-alpha", "1.2.0-beta", false},
		{"3.13.0a1", "3.13.0b1", false},
		{"1.2", "1.2.1-rc1", false},
		{"24.0.7+dfsg1", "24.0.7", true},
		{"5.10.0-generic", "5.10", true},
		{"2.38-1ubuntu1", "2.38-2ubuntu1", false},
		{"1", "99999999999999999999999", false},
		{"", "0.1", false},
		{"", "", true},
	} {
		want := -1
		if test.equal {
			want = 0
		}
		if got := sdk.CompareVersions(test.older, test.newer); got != want {
			t.Errorf("CompareVersions(%q, %q) = %d, want %d", test.older, test.newer, got, want)
		}
		if got := sdk.CompareVersions(test.newer, test.older); got != -want {
			t.Errorf("CompareVersions(%q, %q) = %d, want %d", test.newer, test.older, got, -want)
		}
	}
}

func FuzzCompareVersions(f *testing.F) {
	f.Add("1.2-rc1", "v1.é")
	f.Fuzz(func(t *testing.T, a, b string) {
		if sdk.CompareVersions(a, b) != -sdk.CompareVersions(b, a) {
			t.Errorf("order of %q and %q depends on the order of asking", a, b)
		}
		if sdk.CompareVersions(a, a) != 0 {
			t.Errorf("%q differs from itself", a)
		}
	})
}
