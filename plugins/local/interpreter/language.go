package interpreter

// Language is what differs between the interpreters of languages.
type Language struct {
	Name     string   // "Python", as people say it
	Programs []string // what it is called in a PATH, the usual name first
	Minimum  string   // the oldest version that functions run on
	Question []string // arguments with which it prints a JSON object of its Path and Version
}

// Python is python3.
func Python() Language {
	return Language{
		Name: "Python", Programs: []string{"python3"}, Minimum: "3.8",
		Question: []string{"-I", "-S", "-c", `import json, platform, sys
print(json.dumps({"Path": sys.executable, "Version": platform.python_version()}))`},
	}
}

// Node is Node.js.
func Node() Language {
	return Language{
		Name: "Node.js", Programs: []string{"node", "nodejs"}, Minimum: "18",
		Question: []string{"-e", "console.log(JSON.stringify({ Path: process.execPath, Version: process.versions.node }))"},
	}
}

// install says how to get what is missing.
func (l Language) install() string {
	return "install " + l.Name + " " + l.Minimum + " or newer and put its " + l.Programs[0] + " first in PATH"
}
