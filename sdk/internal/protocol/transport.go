package protocol

import "google.golang.org/grpc"

// ChunkSize is the largest piece of event, result or log in one message.
const ChunkSize = 64 << 10

const (
	// A stream's window bounds what one slow reader holds in memory; it is fixed
	// so that memory stays flat, and large enough not to stall a fast one.
	streamWindow = 1 << 20
	connWindow   = 16 << 20
	bufferSize   = 128 << 10 // of the transport, per direction: two chunks a system call

	// maxMessage leaves room for a function's settings; everything that can
	// grow beyond it is streamed.
	maxMessage = 16 << 20
)

// ServerOptions are those of a plugin's gRPC server.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.StaticStreamWindowSize(streamWindow),
		grpc.StaticConnWindowSize(connWindow),
		grpc.ReadBufferSize(bufferSize),
		grpc.WriteBufferSize(bufferSize),
		grpc.MaxRecvMsgSize(maxMessage),
	}
}

// DialOptions are those of a host's connection to a plugin.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithStaticStreamWindowSize(streamWindow),
		grpc.WithStaticConnWindowSize(connWindow),
		grpc.WithReadBufferSize(bufferSize),
		grpc.WithWriteBufferSize(bufferSize),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
	}
}
