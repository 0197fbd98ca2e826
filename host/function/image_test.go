package function

import (
	"strings"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/fault"
)

func TestAFunctionIsCodeOrAnImage(t *testing.T) {
	code := tree(t, map[string]string{"handler.py": "def handler(e, c): pass"})
	image, s := define(t, api.FunctionSpec{Name: "f", Image: ptr("img:1")}, nil)
	if image.Image != "img:1" || image.Runtime != "exec" || image.Handler != "" || image.Digest != "" || s.Memory != DefaultNativeMemory {
		t.Errorf("%+v, %+v", image, s)
	}
	stays, _ := define(t, api.FunctionSpec{Name: "f", Timeout: ptr("5s")}, &image)
	if stays.Image != "img:1" || stays.Runtime != "exec" {
		t.Errorf("%+v", stays)
	}
	python, _ := define(t, api.FunctionSpec{Name: "f", Path: code}, &image)
	if python.Image != "" || python.Runtime != "python" || python.Handler != "handler.handler" || python.Digest == "" {
		t.Errorf("%+v", python)
	}
	again, _ := define(t, api.FunctionSpec{Name: "f", Image: ptr("img:2")}, &python)
	if again.Image != "img:2" || again.Runtime != "exec" || again.Handler != "" || again.Digest != "" || again.Size != 0 {
		t.Errorf("%+v", again)
	}
	f := ForComponent(again, registry.Runtime{Name: "exec", Language: "exec"}, Settings{}, "/bundles/.zip", "c")
	if f.Image != "img:2" || f.Code.Path != "" {
		t.Errorf("%+v", f)
	}
	refused(t, api.FunctionSpec{Name: "f", Image: ptr("img:2"), Runtime: ptr("python")}, &python, fault.Invalid, "exec or provided, not as python", "--runtime exec")
}

func TestTheImageOfATOMLFile(t *testing.T) {
	dir := tree(t, map[string]string{"fn.toml": "name = \"f\"\nimage = \"img:1\"\n[env]\nA = \"1\"\n", "notes": ""})
	v, s := define(t, api.FunctionSpec{Path: dir}, nil)
	if v.Image != "img:1" || v.Digest != "" || s.Env["A"] != "1" {
		t.Errorf("%+v, %+v", v, s)
	}
	v, _ = define(t, api.FunctionSpec{Name: "f", Path: dir, Image: ptr("img:2")}, nil)
	if v.Image != "img:2" {
		t.Errorf("%+v", v)
	}
	refused(t, api.FunctionSpec{Path: tree(t, map[string]string{"fn.toml": "name = \"f\"\nimage = \"an image\"\n"})}, nil,
		fault.Invalid, "fn.toml:2", "is no reference to an image")
	refused(t, api.FunctionSpec{Path: tree(t, map[string]string{"fn.toml": "name = \"f\"\nimage = \"img\"\nhandler = \"run\"\n"})}, nil,
		fault.Invalid, "has no handler: its entry point is run")
}

func TestImagesThatAreRefused(t *testing.T) {
	for _, image := range []string{
		"", "-v", "a b", "a\nb", "é", strings.Repeat("a", 600), "A", "a:", "a:b:c", "a:-b", "a@b", "a@sha256:12",
		"http://x/y", "a//b", "a/", "/a", "a..b", "a.", "_a", "a___b", "[::1/a", "a:" + strings.Repeat("b", 129),
	} {
		refused(t, api.FunctionSpec{Name: "f", Image: ptr(image)}, nil, fault.Invalid, "is no reference to an image")
	}
	digest := "sha256:" + strings.Repeat("0", 64)
	for _, image := range []string{
		"alpine", "a/b:1", "[::1]:5000/a@" + digest, "host.example:5000/a/b_c:1-2", "a__b--c.d", "localhost/a", "HOST.example/a:B",
		"a:1@" + digest, digest, digest[len("sha256:"):],
	} {
		define(t, api.FunctionSpec{Name: "f", Image: ptr(image)}, nil)
	}
	code := tree(t, map[string]string{"run*": ""})
	refused(t, api.FunctionSpec{Name: "f", Path: code, Image: ptr("img")}, nil, fault.Invalid, "a function is code or an image")
	refused(t, api.FunctionSpec{Name: "f", Handler: ptr("run"), Image: ptr("img")}, nil, fault.Invalid, "has no handler")
	refused(t, api.FunctionSpec{Name: "f", Runtime: ptr("python"), Image: ptr("img")}, nil, fault.Invalid, "not as python")
	refused(t, api.FunctionSpec{Name: "f"}, nil, fault.Invalid, "there is no code")
}
