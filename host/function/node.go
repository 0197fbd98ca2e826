package function

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// nodeEndings are those of files that node runs, in the order in which the
// worker looks for a module named without one.
var nodeEndings = []string{".js", ".mjs", ".cjs"}

func isNode(f bundle.File) bool {
	return slices.Contains(nodeEndings, path.Ext(f.Name)) || f.Name == "package.json"
}

// nodeHandler matches what exports something with a handler's usual name.
var nodeHandler = regexp.MustCompile(`(?m)` +
	`\bexports\.(handler|lambdaHandler|main)\s*=[^=]` +
	`|^\s*export\s+(?:async\s+)?(?:const|let|var|function)\s+(handler|lambdaHandler|main)\b` +
	`|(?:^\s*export|\bmodule\.exports\s*=)\s*\{[^}]*\b(handler|lambdaHandler|main)\b`)

// nodeCandidates are the exports of modules at the top, and of the one that
// package.json names, that have a handler's usual name.
func (c code) nodeCandidates() []string {
	names := c.top(isNode)
	if main := c.nodeMain(); main != "" && !slices.Contains(names, main) {
		names = append(names, main)
	}
	var candidates []string
	for _, name := range names {
		for _, match := range nodeHandler.FindAllStringSubmatch(c.read(name), -1) {
			candidate := strings.TrimSuffix(name, path.Ext(name)) + "." + match[1] + match[2] + match[3]
			if path.Ext(name) != ".json" && !slices.Contains(candidates, candidate) {
				candidates = append(candidates, candidate)
			}
		}
	}
	return candidates
}

// nodeMain is the file of the code that package.json calls main, if it is there.
func (c code) nodeMain() string {
	var described struct {
		Main string `json:"main"`
	}
	if !c.has("package.json") || json.Unmarshal([]byte(c.read("package.json")), &described) != nil {
		return ""
	}
	for _, ending := range append([]string{""}, nodeEndings...) {
		if file := path.Clean(described.Main) + ending; c.has(file) {
			return file
		}
	}
	return ""
}

// checkNode refuses a handler none of whose parts names a module of the code:
// what follows the module may be attributes (index.api.get).
func (c code) checkNode(handler string) error {
	if outside(handler) {
		return notInCode(handler)
	}
	dir, base := path.Split(handler)
	parts := strings.Split(base, ".")
	if len(parts) < 2 || slices.Contains(parts, "") {
		return fault.New(fault.Invalid, "handler %q: a node handler is MODULE.FUNCTION", handler).
			WithHint("--handler index.handler")
	}
	for cut := 1; cut < len(parts); cut++ {
		if c.nodeModule(path.Clean(dir + strings.Join(parts[:cut], "."))) {
			return nil
		}
	}
	return fault.New(fault.Invalid, "handler %s: there is no %s.js in the code", handler, dir+strings.Join(parts[:len(parts)-1], "."))
}

// nodeFile tells whether a handler names a module by a file that only node runs.
func (c code) nodeFile(handler string) bool {
	dir, base := path.Split(handler)
	parts := strings.Split(base, ".")
	for cut := 1; cut < len(parts); cut++ {
		module := path.Clean(dir + strings.Join(parts[:cut], "."))
		if slices.ContainsFunc(nodeEndings, func(ending string) bool { return c.has(module + ending) }) {
			return true
		}
	}
	return false
}

// nodeModule tells whether a module's file, directory or package is there.
func (c code) nodeModule(name string) bool {
	for _, ending := range nodeEndings {
		if c.has(name+ending) || c.has(name+"/index"+ending) {
			return true
		}
	}
	return c.has(name) || c.has(name+"/package.json") || c.has("node_modules/"+name+"/package.json")
}
