package sdk

import (
	"io"
	"sync"

	"google.golang.org/grpc"

	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

// runStream is the plugin's end of one call.
type runStream = grpc.BidiStreamingServer[pb.RunInput, pb.RunOutput]

func (s *server) Run(stream runStream) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	call := first.GetInvocation()
	if call == nil {
		return protocol.Status(Errorf(Invalid, "the first message of a call must be its invocation"))
	}
	out := &runOutput{stream: stream}
	report, err := s.component.Run(stream.Context(), Invocation{
		ID:       call.GetId(),
		Function: functionFromWire(call.GetFunction()),
		Event:    &eventReader{stream: stream},
		Timeout:  protocol.FromMillis(call.GetTimeoutMs()),
		Raw:      call.GetRaw(),
		Secrets:  call.GetSecrets(),
	}, out)
	return out.end(report, err)
}

// eventReader reads the event as it arrives. Reading is what lets the host send
// more.
type eventReader struct {
	stream runStream
	rest   []byte
}

func (e *eventReader) Read(p []byte) (int, error) {
	if err := e.fill(); err != nil {
		return 0, err
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// WriteTo hands whole chunks to io.Copy, without its buffer.
func (e *eventReader) WriteTo(w io.Writer) (total int64, err error) {
	for {
		if err := e.fill(); err == io.EOF {
			return total, nil
		} else if err != nil {
			return total, err
		}
		n, err := w.Write(e.rest)
		total += int64(n)
		e.rest = e.rest[n:]
		if err != nil {
			return total, err
		}
	}
}

// fill waits until there is something to read.
func (e *eventReader) fill() error {
	for len(e.rest) == 0 {
		message, err := e.stream.Recv()
		if err == io.EOF {
			return io.EOF
		}
		if err != nil {
			return protocol.FromStatus(e.stream.Context(), err)
		}
		e.rest = message.GetEvent()
	}
	return nil
}

// runOutput sends log and result; a stream takes one message at a time.
type runOutput struct {
	mu     sync.Mutex
	stream runStream
	over   bool
}

func (o *runOutput) Write(p []byte) (int, error) {
	return o.chunks(p, func(chunk []byte) *pb.RunOutput {
		return &pb.RunOutput{Output: &pb.RunOutput_Result{Result: chunk}}
	})
}

func (o *runOutput) Log(stream LogStream, p []byte) error {
	number := protocol.Enum[pb.LogStream](stream)
	_, err := o.chunks(p, func(chunk []byte) *pb.RunOutput {
		return &pb.RunOutput{Output: &pb.RunOutput_Log{Log: &pb.LogChunk{Stream: number, Data: chunk}}}
	})
	return err
}

// chunks sends p piece by piece. The lock is taken for each, so that a log line
// need not wait for the end of a large result.
func (o *runOutput) chunks(p []byte, message func([]byte) *pb.RunOutput) (sent int, err error) {
	for len(p) > 0 {
		n := min(len(p), protocol.ChunkSize)
		if err := o.send(message(p[:n])); err != nil {
			return sent, err
		}
		sent += n
		p = p[n:]
	}
	return sent, nil
}

func (o *runOutput) send(m *pb.RunOutput) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return Errorf(Canceled, "the call is over")
	}
	if err := o.stream.Send(m); err != nil {
		return Errorf(Canceled, "the caller is gone: %w", err)
	}
	return nil
}

// end sends the last message. What a goroutine of the component still writes
// after that is refused.
func (o *runOutput) end(r Report, err error) error {
	end := &pb.RunEnd{
		Start: protocol.Enum[pb.StartKind](r.Start),
		Phases: &pb.Phases{
			QueueUs:  r.Phases.Queue.Microseconds(),
			PoolUs:   r.Phases.Pool.Microseconds(),
			InjectUs: r.Phases.Inject.Microseconds(),
			InitUs:   r.Phases.Init.Microseconds(),
			CallUs:   r.Phases.Call.Microseconds(),
		},
	}
	if err != nil {
		end.Error = protocol.ToError(fault.From(err))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	return o.stream.Send(&pb.RunOutput{Output: &pb.RunOutput_End{End: end}})
}
