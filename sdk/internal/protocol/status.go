package protocol

import (
	"context"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/fnhost/fn/sdk/fault"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

// maxText bounds each text of an error that crosses the wire, in bytes.
const maxText = 64 << 10

// Status turns an error of a component into the gRPC status that carries it;
// nil stays nil.
func Status(err error) error {
	if err == nil {
		return nil
	}
	e := fault.From(err)
	plain := status.New(code(e.Kind), text(e.Message))
	detailed, failed := plain.WithDetails(ToError(e))
	if failed != nil {
		return plain.Err()
	}
	return detailed.Err()
}

// FromStatus turns the error of an RPC made with ctx back into the component's.
// One that no component made is Canceled or Timeout when ctx is over, and
// Broken otherwise: the plugin died or does not keep to the contract.
func FromStatus(ctx context.Context, err error) *fault.Error {
	st := status.Convert(err)
	for _, detail := range st.Details() {
		if e, ok := detail.(*pb.Error); ok {
			return FromError(e)
		}
	}
	switch {
	case st.Code() == codes.Canceled && ctx.Err() != nil:
		return &fault.Error{Kind: fault.Canceled, Message: "canceled by the caller", Cause: context.Canceled}
	case st.Code() == codes.DeadlineExceeded || ctx.Err() == context.DeadlineExceeded:
		return &fault.Error{Kind: fault.Timeout, Message: "took longer than the caller allowed", Cause: context.DeadlineExceeded}
	case ctx.Err() != nil:
		return &fault.Error{Kind: fault.Canceled, Message: "canceled by the caller", Cause: context.Canceled}
	case st.Code() == codes.Unimplemented:
		return &fault.Error{Kind: fault.Unimplemented, Message: "the plugin does not know this method", Cause: err}
	case st.Code() == codes.Unavailable || st.Code() == codes.Canceled:
		return &fault.Error{Kind: fault.Broken, Message: "the plugin's process ended: " + st.Message(), Cause: err}
	default:
		return &fault.Error{Kind: fault.Broken, Message: "the plugin broke the contract: " + st.Message(), Cause: err}
	}
}

// ToError is the wire's form of e.
func ToError(e *fault.Error) *pb.Error {
	out := &pb.Error{
		Kind:      string(e.Kind),
		Component: text(e.Component),
		Operation: text(e.Operation),
		Message:   text(e.Message),
		Hint:      text(e.Hint),
		Lasting:   e.Lasting,
	}
	if f := e.Function; f != nil {
		out.Function = &pb.FunctionError{
			ErrorMessage: text(f.Message),
			ErrorType:    text(f.Type),
			ExitStatus:   int32(f.ExitStatus),
		}
		for _, line := range f.StackTrace {
			out.Function.StackTrace = append(out.Function.StackTrace, text(line))
		}
	}
	return out
}

// FromError is the error that the wire's form stands for. A kind that this
// version does not know is Internal.
func FromError(p *pb.Error) *fault.Error {
	e := &fault.Error{
		Kind:      fault.Internal,
		Component: p.GetComponent(),
		Operation: p.GetOperation(),
		Message:   p.GetMessage(),
		Hint:      p.GetHint(),
		Lasting:   p.GetLasting(),
	}
	for _, k := range fault.Kinds() {
		if string(k) == p.GetKind() {
			e.Kind = k
		}
	}
	if f := p.GetFunction(); f != nil {
		e.Function = &fault.FunctionError{
			Message:    f.GetErrorMessage(),
			Type:       f.GetErrorType(),
			StackTrace: f.GetStackTrace(),
			ExitStatus: int(f.GetExitStatus()),
		}
	}
	return e
}

// text makes s fit a protobuf string, which is UTF-8 and here bounded.
func text(s string) string {
	if len(s) > maxText {
		s = s[:maxText] + " ..."
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// Text is s as valid UTF-8.
func Text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// code is for clients that look at nothing but gRPC's own codes.
func code(k fault.Kind) codes.Code {
	switch k {
	case fault.Invalid:
		return codes.InvalidArgument
	case fault.NotFound:
		return codes.NotFound
	case fault.Conflict:
		return codes.FailedPrecondition
	case fault.Unavailable:
		return codes.Unavailable
	case fault.PermissionDenied:
		return codes.PermissionDenied
	case fault.ResourceExhausted, fault.OutOfMemory:
		return codes.ResourceExhausted
	case fault.Timeout:
		return codes.DeadlineExceeded
	case fault.Canceled:
		return codes.Canceled
	case fault.FunctionFailed:
		return codes.Aborted
	case fault.Unimplemented:
		return codes.Unimplemented
	default:
		return codes.Internal
	}
}
