//go:build unix

package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// beFunction makes the test binary a function of language provided, as the name
// in the variable says.
const beFunction = "FN_WORKER_TEST_BE_FUNCTION"

// api is the function's side of the Runtime API.
type api struct{ base string }

func function(name string) {
	a := api{"http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"}
	switch name {
	case "exits early":
		fmt.Fprintln(os.Stderr, "no configuration")
		os.Exit(3)
	case "ends early":
		return
	case "init error":
		a.post("init/error", `{"errorMessage": "no table", "errorType": "Setup.Failed", "stackTrace": ["a", "b"]}`)
		os.Exit(1)
	}
	fmt.Println("loaded")
	id, header, event := a.next()
	response, failure := "invocation/"+id+"/response", "invocation/"+id+"/error"
	switch name {
	case "echo":
		a.post(response, string(event))
		fmt.Println("after the answer")
	case "headers":
		a.post(response, fmt.Sprint(id, " ", header.Get("Lambda-Runtime-Deadline-Ms"), " ", header.Get("Lambda-Runtime-Invoked-Function-Arn"),
			" ", header.Get("Lambda-Runtime-Trace-Id"), " ", header["Lambda-Runtime-Client-Context"], header["Lambda-Runtime-Cognito-Identity"]))
	case "environment":
		a.post(response, strings.Join(os.Environ(), "\n"))
	case "error":
		a.post(failure, `{"errorMessage": "on purpose", "errorType": "Own.Error", "stackTrace": [{"path": "m/main.go", "line": 7, "label": "main"}, "as text"]}`)
	case "text error":
		a.post(failure, "not JSON\n")
	case "exit":
		fmt.Fprintln(os.Stderr, "giving up")
		os.Exit(4)
	case "signal":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "no answer":
		return
	case "skips the answer":
		a.next()
	case "answers twice":
		for _, try := range [][2]string{{"invocation/other/response", "other"}, {response, "first"}, {response, "second"}, {failure, "{}"}} {
			fmt.Println(a.post(try[0], try[1]))
		}
	case "wrong address":
		for _, base := range []string{"/", "/0123456789abcdef0123456789abcdef/"} {
			host, _, _ := strings.Cut(os.Getenv("AWS_LAMBDA_RUNTIME_API"), "/")
			fmt.Println(api{"http://" + host + base + "2018-06-01/runtime/"}.post(response, "stolen"))
		}
		a.post(response, "mine")
	case "streams":
		a.stream(response, "one ", nil)
	case "streams an error":
		a.stream(response, "one ", http.Header{
			"Lambda-Runtime-Function-Error-Type": {"Late.Error"},
			"Lambda-Runtime-Function-Error-Body": {base64.StdEncoding.EncodeToString([]byte(`{"errorMessage": "halfway", "errorType": "Late.Error"}`))},
		})
	case "breaks off":
		a.stream(response, "one ", nil, func() { os.Exit(5) })
	case "large":
		fmt.Println(a.post(response, strings.Repeat("x", 16<<20+1)))
	case "large in pieces":
		fmt.Println(a.stream(response, strings.Repeat("x", 16<<20+1), nil))
	}
	a.next() // waits for ever
}

// next asks for an event.
func (a api) next() (id string, header http.Header, event []byte) {
	r, err := http.Get(a.base + "invocation/next")
	if err != nil {
		fmt.Println(err)
		return "", nil, nil
	}
	defer r.Body.Close()
	event, err = io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 {
		fmt.Println(r.StatusCode, err)
	}
	return r.Header.Get("Lambda-Runtime-Aws-Request-Id"), r.Header, event
}

// post returns the status.
func (a api) post(path, body string) int {
	r, err := http.Post(a.base+path, "application/json", strings.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return 0
	}
	defer r.Body.Close()
	io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

// stream posts text in chunks, with a trailer; then does something in between.
func (a api) stream(path, text string, trailer http.Header, then ...func()) int {
	reader, writer := io.Pipe()
	request, _ := http.NewRequest("POST", a.base+path, reader)
	request.Header.Set("Lambda-Runtime-Function-Response-Mode", "streaming")
	request.Trailer = trailer
	go func() {
		io.WriteString(writer, text)
		fmt.Println("streaming")
		for _, do := range then {
			do()
		}
		io.WriteString(writer, "two")
		writer.Close()
	}()
	r, err := http.DefaultClient.Do(request)
	if err != nil {
		if !errors.Is(err, io.ErrClosedPipe) {
			fmt.Println(err)
		}
		return 0
	}
	defer r.Body.Close()
	return r.StatusCode
}
