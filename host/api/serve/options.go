package serve

import (
	"encoding/json"
	"net/http"
	"runtime/debug"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// Options are what all methods of one host share.
type Options struct {
	// Build is the host's own; callers of another are refused with 409.
	Build string

	// Enter is called before a method is run, with its name below api.Version
	// ("run" for Run), and leave after its answer was sent. When ok is false the
	// host is ending: the caller is told so with 503, waits for the end and
	// starts another host. HostStop and HostStatus are run regardless, but
	// entered too. Nil admits everything.
	Enter func(method string) (leave func(), ok bool)

	// Ready is asked before a method is run; its error is the answer. HostStop and
	// HostStatus are run regardless, and Run asks for itself what it needs. Nil is
	// always ready.
	Ready func() error

	// Ending is closed when the host is ending: connections that wait for their
	// next call are told so. Nil is never.
	Ending <-chan struct{}

	// Panicked hears of a panic in a method, for the host's log. The caller gets
	// an Internal error, other calls go on. Nil ignores it.
	Panicked func(method string, value any, stack []byte)
}

// admit decides whether a call of build may run; if not, it has answered.
func (o *Options) admit(w http.ResponseWriter, method, build string) (leave func(), ok bool) {
	always := always(method)
	if build != o.Build && !always {
		refuse(w, http.StatusConflict, api.Refusal{Build: o.Build})
		return nil, false
	}
	if o.Enter == nil {
		return func() {}, true
	}
	leave, ok = o.Enter(method)
	if leave == nil {
		leave = func() {}
	}
	if !ok && !always {
		leave()
		refuse(w, http.StatusServiceUnavailable, api.Refusal{Build: o.Build})
		return nil, false
	}
	return leave, true
}

// always tells of a method that is run in whatever state the host is.
func always(method string) bool {
	return method == api.HostStop.Name || method == api.HostStatus.Name
}

// ready tells why a method cannot be run now.
func (o *Options) ready(method string) error {
	if o.Ready == nil || always(method) {
		return nil
	}
	return o.Ready()
}

// refuse answers a call of which nothing was done.
func refuse(w http.ResponseWriter, status int, r api.Refusal) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Connection", "close")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(r) //nolint:errcheck // the caller may be gone, which is its affair
}

// recovered turns a panic of method into an Internal error in *err. It is
// deferred.
func (o *Options) recovered(method string, err *error) {
	v := recover()
	if v == nil {
		return
	}
	if o.Panicked != nil {
		o.Panicked(method, v, debug.Stack())
	}
	*err = fault.New(fault.Internal, "panic: %v", v).In("host", method).
		WithHint("fn host logs    shows where; please report it")
}
