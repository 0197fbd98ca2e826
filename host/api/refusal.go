package api

// Refusal is the body of an answer without events. With status 409 the host is
// of another build; with 503 it is ending and takes no new calls; with 400 the
// call could not be understood. In each case nothing was done.
type Refusal struct {
	Build   string `json:"build,omitempty"`   // the host's
	Message string `json:"message,omitempty"` // with 400
}

// BuildHeader carries the caller's build with Run, whose Call comes only after
// the upgrade.
const BuildHeader = "Fn-Build"
