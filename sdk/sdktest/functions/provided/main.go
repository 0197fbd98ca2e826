// Command provided is the suite's function for languages that speak the AWS
// Lambda Runtime API. Its first argument says which: act, echo or count. The
// event of act is {"verb": ..., "arg": ...}, a verb and its argument.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

func main() {
	functions := map[string]func([]byte) (any, error){"act": act, "echo": echo, "count": count}
	for {
		if err := serve(functions[os.Args[1]]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// serve takes one event and answers it.
func serve(function func([]byte) (any, error)) error {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	next, err := http.Get(api + "next")
	if err != nil {
		return err
	}
	event, err := io.ReadAll(next.Body)
	next.Body.Close()
	if err != nil {
		return err
	}
	api += next.Header.Get("Lambda-Runtime-Aws-Request-Id")
	result, err := function(event)
	if err != nil {
		failure, _ := json.Marshal(map[string]any{"errorMessage": err.Error(), "errorType": "OnPurpose", "stackTrace": []string{"main.go"}})
		return post(api+"/error", failure)
	}
	answer, ok := result.([]byte)
	if !ok {
		answer, _ = json.Marshal(result)
	}
	return post(api+"/response", answer)
}

func post(url string, body []byte) error {
	reply, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	return reply.Body.Close()
}

func echo(event []byte) (any, error) { return event, nil }

func count(event []byte) (any, error) { return strconv.Itoa(len(event)), nil }

func act(event []byte) (any, error) {
	var do struct{ Verb, Arg string }
	if err := json.Unmarshal(event, &do); err != nil {
		return nil, err
	}
	switch do.Verb {
	case "version":
		text, err := os.ReadFile(filepath.Join(os.Getenv("LAMBDA_TASK_ROOT"), "version"))
		return string(text), err
	case "say":
		return do.Arg, nil
	case "print":
		fmt.Println(do.Arg)
		fmt.Fprintln(os.Stderr, do.Arg)
		return "printed", nil
	case "env":
		return os.Getenv(do.Arg), nil
	case "later":
		fmt.Println("begun")
		time.Sleep(2 * time.Second)
		return do.Arg, nil
	case "sleep":
		fmt.Println("begun")
		return "over", exec.Command("sleep", do.Arg).Run()
	case "fail":
		return nil, fmt.Errorf("%s", do.Arg)
	case "big":
		size, err := strconv.Atoi(do.Arg)
		if err != nil {
			return nil, err
		}
		return string(bytes.Repeat([]byte("a"), size-2)), nil // and two quotes
	case "grow":
		for kept := bytes.Repeat([]byte("x"), 1024); ; {
			kept = append(kept, kept...)
		}
	}
	return nil, fmt.Errorf("unknown verb: %s", do.Verb)
}
