package cli_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/cmd/fn/internal/cli"
)

func TestFlagsByNameAndType(t *testing.T) {
	command := &cli.Command{Flags: []cli.Flag{
		&cli.BoolFlag{Name: "raw"}, &cli.StringFlag{Name: "runtime", Value: "python"}, &cli.StringSliceFlag{Name: "env"},
		&cli.IntFlag{Name: "last", Value: 20}, &cli.Float64Flag{Name: "cpus", Value: 0.5},
	}}
	type seen struct {
		Raw     bool
		Runtime string
		Env     []string
		Last    int
		CPUs    float64
	}
	look := func(values ...cli.Value) seen {
		c := cli.NewContext(t.Context(), command, values, nil)
		return seen{c.Bool("raw"), c.String("runtime"), c.StringSlice("env"), c.Int("last"), c.Float64("cpus")}
	}
	if diff := cmp.Diff(seen{Runtime: "python", Last: 20, CPUs: 0.5}, look()); diff != "" {
		t.Errorf("none given: (-want +got)\n%s", diff)
	}
	got := look(cli.Value{Name: "raw", Text: "true"}, cli.Value{Name: "runtime", Text: "exec"}, cli.Value{Name: "runtime", Text: ""},
		cli.Value{Name: "env", Text: "A=1,2"}, cli.Value{Name: "env", Text: "B="}, cli.Value{Name: "last", Text: "-3"}, cli.Value{Name: "cpus", Text: "2"})
	if diff := cmp.Diff(seen{true, "", []string{"A=1,2", "B="}, -3, 2}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, name := range []string{"raw", "last", "cpus"} {
		if flag, ok := cli.Find(command.Flags, name); !ok || flag.Misfit("x") == "" || flag.Misfit("1") != "" {
			t.Errorf("--%s takes x, or does not take 1", name)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, test := range []struct {
		args  []string
		first string
		tail  []string
	}{{nil, "", nil}, {[]string{"a"}, "a", nil}, {[]string{"a", "b", "c"}, "a", []string{"b", "c"}}} {
		args := cli.NewContext(t.Context(), &cli.Command{}, nil, test.args).Args()
		if args.First() != test.first || len(args.Tail()) != len(test.tail) || args.Len() != len(test.args) {
			t.Errorf("%q: first %q, tail %q", test.args, args.First(), args.Tail())
		}
	}
}
