package protocol

import "google.golang.org/grpc"

// ChunkSize is the largest piece of event, result or log that is sent in one
// message; up to 64 KiB are taken. A message with its header just fits gRPC's
// buffers of 32 KiB: the next larger ones are of 1 MiB, each cleared before its
// use, which halves the throughput (wire.BenchmarkCat).
const ChunkSize = 32<<10 - 64

const (
	// A stream's window bounds what one slow reader holds in memory; it is fixed
	// so that memory stays flat, and large enough not to stall a fast one.
	streamWindow = 1 << 20
	connWindow   = 16 << 20
	bufferSize   = 64 << 10 // of the transport, per direction: two chunks a system call

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
