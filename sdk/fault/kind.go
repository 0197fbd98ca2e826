package fault

// Kind says what sort of failure an error is. Scripts branch on it: every kind
// has one exit code, and both are the same for every component.
type Kind string

const (
	Invalid           Kind = "Invalid"           // the request can never work as it stands
	NotFound          Kind = "NotFound"          // no such function, version, runtime or component
	Conflict          Kind = "Conflict"          // the state of things forbids it now (stopped, exists, in use)
	Unavailable       Kind = "Unavailable"       // a prerequisite is missing at the moment
	PermissionDenied  Kind = "PermissionDenied"  // the caller may not
	ResourceExhausted Kind = "ResourceExhausted" // over a limit: size, queue, disk
	Timeout           Kind = "Timeout"           // took longer than allowed
	Canceled          Kind = "Canceled"          // the caller gave up
	FunctionFailed    Kind = "FunctionFailed"    // the user's function raised or exited non-zero
	OutOfMemory       Kind = "OutOfMemory"       // the user's function needed more than its memory
	Broken            Kind = "Broken"            // a plugin cannot start, crashed or breaks the contract
	Unimplemented     Kind = "Unimplemented"     // this component has no such ability
	Internal          Kind = "Internal"          // a defect of ours
)

// Kinds are all kinds, in the order of the contract.
func Kinds() []Kind {
	return []Kind{
		Invalid, NotFound, Conflict, Unavailable, PermissionDenied, ResourceExhausted, Timeout,
		Canceled, FunctionFailed, OutOfMemory, Broken, Unimplemented, Internal,
	}
}

// ExitCode is the exit code of a command that ends in an error of this kind.
// Canceled is 130 here; a command ended by SIGTERM uses 143 instead.
func (k Kind) ExitCode() int {
	switch k {
	case FunctionFailed:
		return 1
	case Invalid, Unimplemented:
		return 2
	case NotFound:
		return 3
	case Unavailable:
		return 4
	case Broken:
		return 5
	case Conflict, PermissionDenied, ResourceExhausted:
		return 6
	case OutOfMemory:
		return 7
	case Timeout:
		return 124
	case Canceled:
		return 130
	default:
		return 70
	}
}
