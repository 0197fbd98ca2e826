package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

// Run is sdk.Component's. The event is sent while log and result arrive; out is
// called from Run's own goroutine. When the call ends before its event, a Read
// of inv.Event that is under way is not waited for: it may return after Run
// did, and is the last one.
//
// An error of out ends the call and is returned: as it is when it has a kind,
// else as Canceled.
func (c *Client) Run(ctx context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
	for what, values := range map[string]map[string]string{"environment variable": inv.Function.Env, "secret": inv.Secrets} {
		if err := textual(what, values); err != nil {
			return sdk.Report{}, c.name("run", err)
		}
	}
	call, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stream, err := c.rpc.Run(call)
	if err == nil {
		err = stream.Send(&pb.RunInput{Input: &pb.RunInput_Invocation{Invocation: invocationToWire(inv)}})
	}
	if err != nil && err != io.EOF { // of EOF, Recv tells the reason
		return sdk.Report{}, c.fault(ctx, "run", err)
	}
	send := func() {
		if err := c.sendEvent(stream, inv.Event); err != nil {
			cancel(&localError{doing: "reading the event", err: err})
		}
	}
	if small, ok := inv.Event.(*bytes.Reader); ok && small.Len() <= protocol.ChunkSize {
		send() // it goes into one message, for which there is room
	} else {
		go send()
	}

	end, err := receive(stream, out)
	var local *localError
	switch {
	case end != nil:
		report := reportFromWire(end)
		if end.GetError() != nil {
			return report, c.name("run", protocol.FromError(end.GetError()))
		}
		return report, nil
	case errors.As(err, &local), errors.As(context.Cause(call), &local):
		return sdk.Report{}, c.name("run", local.fault())
	default:
		return sdk.Report{}, c.fault(ctx, "run", unfinished(err))
	}
}

type clientStream = grpc.BidiStreamingClient[pb.RunInput, pb.RunOutput]

// sendEvent copies the event to the plugin until it ends or the call is over.
// The stream's flow control makes it wait for a slow function. An error is one
// of reading the event.
func (c *Client) sendEvent(stream clientStream, event io.Reader) error {
	// One buffer will do: Send has encoded the message when it returns, and
	// nothing that keeps messages is installed on the connection.
	buf, _ := c.buffers.Get().(*[protocol.ChunkSize]byte)
	if buf == nil {
		buf = new([protocol.ChunkSize]byte)
	}
	defer c.buffers.Put(buf)
	chunk := &pb.RunInput_Event{}
	message := &pb.RunInput{Input: chunk}
	for event != nil && stream.Context().Err() == nil {
		n, err := event.Read(buf[:])
		if n > 0 {
			chunk.Event = buf[:n]
			if stream.Send(message) != nil {
				return nil // the call is over; Recv tells how
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	_ = stream.CloseSend()
	return nil
}

// receive hands log and result to out until the end of the call.
func receive(stream clientStream, out sdk.Output) (*pb.RunEnd, error) {
	for {
		message, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		switch m := message.GetOutput().(type) {
		case *pb.RunOutput_Result:
			_, err = out.Write(m.Result)
		case *pb.RunOutput_Log:
			err = out.Log(protocol.Word[sdk.LogStream](m.Log.GetStream()), m.Log.GetData())
		case *pb.RunOutput_End:
			return m.End, nil
		}
		if err != nil {
			return nil, &localError{doing: "passing on what the function wrote", err: err}
		}
	}
}

// localError is a failure on the host's side of a call.
type localError struct {
	doing string
	err   error
}

func (l *localError) Error() string { return l.doing + ": " + l.err.Error() }
func (l *localError) Unwrap() error { return l.err }

func (l *localError) fault() *sdk.Error {
	var kept *sdk.Error
	if errors.As(l.err, &kept) {
		return kept
	}
	return sdk.Errorf(sdk.Canceled, "%w", l)
}

// unfinished makes the clean end of a stream, which must not come before the
// last message, an error.
func unfinished(err error) error {
	if err == io.EOF {
		return status.Error(codes.DataLoss, "the stream ended without its last message")
	}
	return err
}

func invocationToWire(inv sdk.Invocation) *pb.Invocation {
	return &pb.Invocation{
		Id:        inv.ID,
		Function:  functionToWire(inv.Function),
		TimeoutMs: protocol.Millis(inv.Timeout),
		Raw:       inv.Raw,
		Secrets:   inv.Secrets,
	}
}

func reportFromWire(end *pb.RunEnd) sdk.Report {
	micros := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	p := end.GetPhases()
	return sdk.Report{
		Start: protocol.Word[sdk.StartKind](end.GetStart()),
		Phases: sdk.Phases{
			Queue:  micros(p.GetQueueUs()),
			Pool:   micros(p.GetPoolUs()),
			Inject: micros(p.GetInjectUs()),
			Init:   micros(p.GetInitUs()),
			Call:   micros(p.GetCallUs()),
		},
	}
}
