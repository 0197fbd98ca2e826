// Bootstrap is a function in the language "provided": it asks the AWS Lambda
// Runtime API for an event and answers "hello".
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		event, err := http.Get(api + "next")
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(io.Discard, event.Body)
		event.Body.Close()
		id := event.Header.Get("Lambda-Runtime-Aws-Request-Id")
		answer, err := http.Post(api+id+"/response", "application/json", strings.NewReader(`"hello"`))
		if err != nil {
			log.Fatal(err)
		}
		answer.Body.Close()
	}
}
