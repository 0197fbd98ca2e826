package client

import (
	"context"
	"net"
)

func dial(ctx context.Context, socket string) (connection, error) {
	return (&net.Dialer{}).DialContext(ctx, "unix", socket)
}
