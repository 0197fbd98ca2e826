package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/fnhost/fn/host/api"
)

// The client writes its few requests by hand: linking and using net/http would
// add a fifth to a third of a warm call (0.2 to 0.4 ms of start-up). Requests
// are HTTP/1.0, so that an answer simply ends with its connection; only the
// upgrade of Run needs 1.1, and is answered by a head alone.

// request is one complete request. It is sent again when no host took it up.
type request []byte

func method(name string, body []byte) request {
	head := fmt.Appendf(nil, "POST %s%s HTTP/1.0\r\nHost: fn\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		api.Version, name, len(body))
	return append(head, body...)
}

// upgrade asks for frames and sends those that are there already: waiting for
// the answer in between would only cost time.
func upgrade(build string, frames []byte) request {
	head := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: fn\r\nConnection: Upgrade\r\nUpgrade: %s\r\n%s: %s\r\n\r\n",
		api.RunPath, api.Protocol, api.BuildHeader, build)
	return append(head, frames...)
}

// The statuses of package api.
const (
	statusSwitching = 101
	statusOK        = 200
	statusBad       = 400
	statusBuild     = 409 // of another build
	statusEnding    = 503
)

// response is the head of an answer, with the connection its body comes on.
type response struct {
	status int
	body   *bufio.Reader
	conn   connection
	stop   func() bool // the watch on the context
}

// connection is a stream to the host. Closing it ends a Read or Write that
// waits.
type connection interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

func (r *response) close() {
	r.stop()
	r.conn.Close()
}

// exchange sends a request and reads the head of the answer. The connection is
// closed when ctx ends. An error means that the request was not begun; it is
// os.ErrDeadlineExceeded when no head came within Limits.Answer.
func (c *Client) exchange(ctx context.Context, socket string, req request) (*response, error) {
	conn, err := dial(ctx, socket)
	if err != nil {
		return nil, err
	}
	r := &response{conn: conn, body: bufio.NewReaderSize(conn, api.ChunkSize)}
	r.stop = context.AfterFunc(ctx, func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(c.o.Limits.Answer)) //nolint:errcheck // a connection that cannot fails below
	_, err = conn.Write(req)
	c.o.Waits()                          // while the host works
	if err == nil || isClosedPipe(err) { // refused, perhaps: then an answer is there
		r.status, err = readHead(r.body)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	conn.SetDeadline(time.Time{}) //nolint:errcheck // the answer itself takes its time
	return r, nil
}

// readHead reads status line and header, and returns the status.
func readHead(r *bufio.Reader) (int, error) {
	line, err := readLine(r)
	if err != nil {
		return 0, err
	}
	protocol, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil || !strings.HasPrefix(protocol, "HTTP/1.") {
		return 0, fmt.Errorf("this is no HTTP: %q", line)
	}
	for line != "" {
		if line, err = readLine(r); err != nil {
			return 0, err
		}
	}
	return status, nil
}

// readLine returns a line without its end.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}
