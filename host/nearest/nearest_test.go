package nearest

import "testing"

func TestSuggest(t *testing.T) {
	for _, c := range []struct {
		name  string
		known []string
		want  string
	}{
		{"plugn", []string{"env", "plugin"}, `; did you mean "plugin"?`},
		{"Plugin", []string{"env", "plugin"}, `; did you mean "plugin"?`},
		{"memroy", []string{"memory", "name"}, `; did you mean "memory"?`},
		{"colour", []string{"env", "plugin"}, "; known are env, plugin"},
		{"q", []string{"a"}, "; known are a"},
		{"", []string{"a"}, "; known are a"},
		{"q", nil, ""},
	} {
		if got := Suggest(c.name, c.known); got != c.want {
			t.Errorf("Suggest(%q, %q) = %q, want %q", c.name, c.known, got, c.want)
		}
	}
}
