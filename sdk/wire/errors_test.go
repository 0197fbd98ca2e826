package wire_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

func TestEveryKindSurvivesWithAllItSays(t *testing.T) {
	for _, kind := range fault.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			sent := sdk.Errorf(kind, "no \xff good").WithHint("try %s", "this")
			sent.Lasting = kind == fault.ResourceExhausted
			sent.Function = &sdk.FunctionError{Message: "m", Type: "T", StackTrace: []string{"a", "b"}, ExitStatus: 3}
			client := serve(t, component{
				stop: func(string) error { return sent },
				run: func(context.Context, sdk.Invocation, sdk.Output) (sdk.Report, error) {
					return sdk.Report{Start: sdk.StartCold, Phases: sdk.Phases{Init: time.Millisecond}}, sent
				},
				deploy: func(context.Context, sdk.Function, sdk.Progress) (string, error) { return "", sent },
			})
			if err := client.Configure(t.Context(), sdk.Config{Component: "work"}); err != nil {
				t.Fatal(err)
			}
			want := *sent
			want.Message, want.Component = "no \uFFFD good", "work"

			report, runErr := client.Run(t.Context(), sdk.Invocation{}, &sink{})
			_, deployErr := client.Deploy(t.Context(), sdk.Function{}, nil)
			for operation, err := range map[string]error{
				"stop": client.Stop(t.Context(), "f"), "run": runErr, "deploy": deployErr,
			} {
				want.Operation = operation
				if diff := cmp.Diff(&want, err, cmpopts.IgnoreFields(sdk.Error{}, "Cause")); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", operation, diff)
				}
			}
			if report.Start != sdk.StartCold || report.Phases.Init != time.Millisecond {
				t.Errorf("the report of a failed call is lost: %+v", report)
			}
		})
	}
}

func TestPlainErrorIsInternal(t *testing.T) {
	client := serve(t, component{stop: func(string) error { return errors.New("oops") }})
	err := client.Stop(t.Context(), "f")
	if sdk.KindOf(err) != sdk.Internal || !strings.Contains(err.Error(), "oops") {
		t.Errorf("got %v, %s", err, sdk.KindOf(err))
	}
}

func TestContextCrosses(t *testing.T) {
	entered := make(chan struct{}, 1)
	left := make(chan struct{}, 1)
	client := serve(t, component{validate: func(ctx context.Context) (sdk.Validation, error) {
		entered <- struct{}{}
		<-ctx.Done()
		left <- struct{}{}
		return sdk.Validation{}, ctx.Err()
	}})
	canceled, cancel := context.WithCancel(t.Context())
	go func() { <-entered; cancel() }()
	_, err := client.Validate(canceled)
	if sdk.KindOf(err) != sdk.Canceled || !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v is %s", err, sdk.KindOf(err))
	}
	<-left

	timed, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err = client.Validate(timed); sdk.KindOf(err) != sdk.Timeout {
		t.Errorf("deadline: %v is %s", err, sdk.KindOf(err))
	}
	select {
	case <-entered:
		<-left
	default: // the deadline passed before the component was asked
	}
}

func TestConfigureOnce(t *testing.T) {
	client := serve(t, component{})
	if err := client.Configure(t.Context(), sdk.Config{}); err != nil {
		t.Fatal(err)
	}
	if err := client.Configure(t.Context(), sdk.Config{}); sdk.KindOf(err) != sdk.Conflict {
		t.Errorf("a second Configure: %v", err)
	}
}

func TestBytesThatTheWireCannotCarry(t *testing.T) {
	client := serve(t, component{})
	_, err := client.Run(t.Context(), sdk.Invocation{Secrets: map[string]string{"TOKEN": "\xff\xfe"}}, &sink{})
	if sdk.KindOf(err) != sdk.Invalid || !strings.Contains(err.Error(), "TOKEN") || strings.Contains(err.Error(), "\xff") {
		t.Errorf("got %v", err)
	}
}
