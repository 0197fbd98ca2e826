package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/api/serve"
	"github.com/fnhost/fn/sdk/fault"
)

var double = api.Method[int, int]{Name: "double"}

// server answers double and the host's status with f.
func server(t *testing.T, o *serve.Options, f api.Func[int, int]) string {
	mux := http.NewServeMux()
	serve.Handle(mux, o, double, f)
	serve.Handle(mux, o, api.HostStatus, func(context.Context, api.Caller, api.None, api.Reporter) (api.HostState, error) {
		return api.HostState{Running: true}, nil
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + api.Version
}

// post sends a call and returns status and body.
func post(t *testing.T, url string, call any) (int, string) {
	t.Helper()
	body, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func events(t *testing.T, text string) []api.Event {
	t.Helper()
	var all []api.Event
	for d := json.NewDecoder(strings.NewReader(text)); d.More(); {
		var e api.Event
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func TestMethodAnswersWithEvents(t *testing.T) {
	url := server(t, &serve.Options{Build: "b"}, func(_ context.Context, from api.Caller, req int, report api.Reporter) (int, error) {
		report.Note("in " + from.Dir + " with " + from.Env[0])
		report.Progress(api.Progress{Step: "doubling", Done: 1, Total: 2})
		return 2 * req, nil
	})
	status, text := post(t, url+"double", api.Call{Build: "b", Dir: "/d", Env: []string{"A=1"}, Request: json.RawMessage("21")})
	want := []api.Event{
		{Note: "in /d with A=1"},
		{Progress: &api.Progress{Step: "doubling", Done: 1, Total: 2}},
		{Result: json.RawMessage("42")},
	}
	if diff := cmp.Diff(want, events(t, text)); status != http.StatusOK || diff != "" {
		t.Errorf("status %d, (-want +got):\n%s", status, diff)
	}
}

func TestErrorsKeepKindAndHint(t *testing.T) {
	url := server(t, &serve.Options{}, func(context.Context, api.Caller, int, api.Reporter) (int, error) {
		return 0, fault.New(fault.Conflict, "stopped").In("docker", "run").WithHint("fn deploy f")
	})
	_, text := post(t, url+"double", api.Call{Request: json.RawMessage("1")})
	want := []api.Event{{Error: &fault.Error{Kind: fault.Conflict, Component: "docker", Operation: "run", Message: "stopped", Hint: "fn deploy f"}}}
	if diff := cmp.Diff(want, events(t, text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPanicIsAnErrorOfOneCall(t *testing.T) {
	var logged string
	o := &serve.Options{Panicked: func(method string, value any, stack []byte) {
		logged = method + value.(string) + string(stack)
	}}
	url := server(t, o, func(_ context.Context, _ api.Caller, req int, _ api.Reporter) (int, error) {
		if req == 0 {
			panic("zero")
		}
		return req, nil
	})
	_, text := post(t, url+"double", api.Call{Request: json.RawMessage("0")})
	if all := events(t, text); len(all) != 1 || all[0].Error == nil || all[0].Error.Kind != fault.Internal {
		t.Errorf("got %s", text)
	}
	if !strings.HasPrefix(logged, "doublezero") || !strings.Contains(logged, "serve_test.go") {
		t.Errorf("logged %q", logged)
	}
	if _, text := post(t, url+"double", api.Call{Request: json.RawMessage("1")}); !strings.Contains(text, `"result":1`) {
		t.Errorf("afterwards: %s", text)
	}
}

func TestRefusals(t *testing.T) {
	var ending, called atomic.Bool
	var inside atomic.Int64
	t.Cleanup(func() { // after the server has closed
		if n := inside.Load(); n != 0 {
			t.Errorf("%d calls never left", n)
		}
	})
	o := &serve.Options{Build: "b", Enter: func(string) (func(), bool) {
		inside.Add(1)
		return func() { inside.Add(-1) }, !ending.Load()
	}}
	url := server(t, o, func(context.Context, api.Caller, int, api.Reporter) (int, error) {
		called.Store(true)
		return 0, nil
	})
	for _, test := range []struct {
		name   string
		ending bool
		method string
		call   any
		status int
	}{
		{"another build", false, "double", api.Call{Build: "c"}, http.StatusConflict},
		{"ending", true, "double", api.Call{Build: "b"}, http.StatusServiceUnavailable},
		{"no call", false, "double", "what?", http.StatusBadRequest},
		{"status for another build", true, "host/status", api.Call{Build: "c"}, http.StatusOK},
	} {
		ending.Store(test.ending)
		status, text := post(t, url+test.method, test.call)
		if status != test.status {
			t.Errorf("%s: status %d: %s", test.name, status, text)
		}
		var r api.Refusal
		if status != http.StatusOK && (json.Unmarshal([]byte(text), &r) != nil || r.Build != "b") {
			t.Errorf("%s: %s", test.name, text)
		}
	}
	if called.Load() {
		t.Error("a refused method was called")
	}
}

func TestRequestOfAnotherShapeIsInvalid(t *testing.T) {
	url := server(t, &serve.Options{}, func(context.Context, api.Caller, int, api.Reporter) (int, error) { return 0, nil })
	_, text := post(t, url+"double", api.Call{Request: json.RawMessage(`"x"`)})
	if all := events(t, text); len(all) != 1 || all[0].Error == nil || all[0].Error.Kind != fault.Invalid {
		t.Errorf("got %s", text)
	}
}
