// Command lambda is a function built with the official library for Go; what it
// does is its handler's name and, of plain, the event's "do".
package main

import (
	"context"

	"errors"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

func main() {
	switch os.Getenv("_HANDLER") {
	case "echo":
		lambda.Start(echo{})
	case "stream":
		lambda.Start(stream)
	case "broken-stream":
		lambda.Start(brokenStream)
	case "url":
		lambda.Start(url)
	default:
		lambda.Start(plain)
	}
}

type event struct {
	Do string `json:"do"`
}

type OwnError struct{ text string }

func (e OwnError) Error() string { return e.text }

func plain(ctx context.Context, e event) (any, error) {
	switch e.Do {
	case "error":
		return nil, OwnError{"on purpose"}
	case "panic":
		return nil, fall(nil)
	case "fatal":
		log.Fatal("giving up")
	case "exit":
		os.Exit(9)
	case "wait":
		select {}
	}
	return describe(ctx)
}

// echo sees bytes; the library itself would compact a json.RawMessage.
type echo struct{}

func (echo) Invoke(_ context.Context, event []byte) ([]byte, error) { return event, nil }

func fall(m map[string]int) error {
	m["a"] = 1
	return nil
}

// describe is what the context says.
func describe(ctx context.Context) (any, error) {
	lc, ok := lambdacontext.FromContext(ctx)
	deadline, limited := ctx.Deadline()
	if !ok || !limited {
		return nil, errors.New("there is no context")
	}
	return map[string]any{
		"id": lc.AwsRequestID, "arn": lc.InvokedFunctionArn, "left": time.Until(deadline).Seconds(),
		"function": lambdacontext.FunctionName, "version": lambdacontext.FunctionVersion, "memory": lambdacontext.MemoryLimitInMB,
		"group": lambdacontext.LogGroupName, "stream": lambdacontext.LogStreamName,
		"client": lc.ClientContext.Client.AppTitle, "identity": lc.Identity.CognitoIdentityID, "trace": os.Getenv("_X_AMZN_TRACE_ID"),
	}, nil
}

func stream(context.Context) (io.Reader, error) {
	return strings.NewReader(strings.Repeat("streamed ", 50_000)), nil
}

func brokenStream(context.Context) (io.Reader, error) {
	reader, writer := io.Pipe()
	go func() {
		io.WriteString(writer, "half")
		writer.CloseWithError(OwnError{"the other half is missing"})
	}()
	return reader, nil
}

func url(_ context.Context, request events.LambdaFunctionURLRequest) (*events.LambdaFunctionURLStreamingResponse, error) {
	return &events.LambdaFunctionURLStreamingResponse{
		StatusCode: 201, Headers: map[string]string{"Content-Type": "text/plain"},
		Body: strings.NewReader("you sent " + request.Body),
	}, nil
}
