package manifest

import (
	"encoding/json"
	"path/filepath"
	"regexp"

	"github.com/fnhost/fn/host/tomlfile"
	"github.com/fnhost/fn/sdk/fault"
)

// Manifest is plugins.toml.
type Manifest struct {
	Path       string
	Components []Component // in the order of the file
}

// Component is one entry.
type Component struct {
	Name   string
	Plugin string          // as written; empty: fn-plugin-<name>. See Resolve
	Env    []string        // patterns; nil: the plugin's own default; empty: nothing
	Config json.RawMessage // [NAME.config] as a JSON object; nil: none
	Line   int             // where it begins
	Dir    string          // of the manifest: where a relative Plugin starts
}

// Lookup is the component of that name.
func (m *Manifest) Lookup(name string) (Component, bool) {
	for _, c := range m.Components {
		if c.Name == name {
			return c, true
		}
	}
	return Component{}, false
}

// Names are the components' names in the order of the file.
func (m *Manifest) Names() []string {
	names := make([]string, 0, len(m.Components))
	for _, c := range m.Components {
		names = append(names, c.Name)
	}
	return names
}

// Section is all that the manifest says of the component, as bytes that are
// the same for the same meaning: part of the key of its cached state.
func (c Component) Section() []byte {
	section, err := json.Marshal(struct {
		Name, Plugin string
		Env          []string
		Config       json.RawMessage
	}{c.Name, c.Plugin, c.Env, c.Config})
	if err != nil {
		return []byte(err.Error()) // only a Config made by hand can be no JSON
	}
	return section
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// ValidName tells whether a component may be called so: a small letter, then
// up to 31 small letters, digits and hyphens.
func ValidName(name string) bool { return namePattern.MatchString(name) }

// BadName is the error of a name that is not valid.
func BadName(name string) error {
	return fault.New(fault.Invalid, "%q cannot name a component: it takes %s", name, nameRule)
}

const nameRule = "a small letter, then up to 31 small letters, digits and hyphens"

// Load reads and checks a manifest. That it is missing shows as fs.ErrNotExist.
func Load(path string) (*Manifest, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	root, err := tomlfile.Read(abs)
	if err != nil {
		return nil, err
	}
	return read(abs, root)
}

// Parse checks the text of a manifest; path is where it is, or would be.
func Parse(path string, text []byte) (*Manifest, error) {
	root, err := tomlfile.Parse(path, text)
	if err != nil {
		return nil, err
	}
	return read(path, root)
}

func read(path string, root *tomlfile.Table) (*Manifest, error) {
	m := &Manifest{Path: path}
	for _, name := range root.Keys() {
		if !ValidName(name) {
			root.Fail(name, "", "%q cannot name a component: it takes %s", name, nameRule)
		}
		if entry := root.Table(name); entry != nil {
			m.Components = append(m.Components, component(name, path, root.Line(name), entry))
		}
	}
	if err := root.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func component(name, path string, line int, entry *tomlfile.Table) Component {
	c := Component{
		Name:   name,
		Plugin: entry.String("plugin"),
		Env:    entry.Strings("env"),
		Config: entry.Object("config"),
		Line:   line,
		Dir:    filepath.Dir(path),
	}
	entry.Only("plugin", "env", "config")
	if entry.Has("plugin") {
		if why := badPlugin(c.Plugin); why != "" {
			entry.Fail("plugin", "", "%s.plugin: %s", name, why)
		}
	}
	for _, pattern := range c.Env {
		if why := badPattern(pattern); why != "" {
			entry.Fail("env", "", "%s.env: %s", name, why)
		}
	}
	return c
}
