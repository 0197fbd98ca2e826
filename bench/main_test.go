package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMeasurements takes every measurement once, as small as it can be, on the
// executables that tools/test built. The claims are left out: they are of the same
// parts as those of docker, and of a keeper, which has a test of its own.
func TestMeasurements(t *testing.T) {
	bin := os.Getenv("FN_TEST_BIN")
	if bin == "" {
		t.Skip("FN_TEST_BIN names no directory of executables; tools/test does")
	}
	figures := filepath.Join(t.TempDir(), "figures.json")
	var printed strings.Builder
	most := slices.DeleteFunc(measurementNames(), func(name string) bool { return name == "claims" })
	err := run(t.Context(), []string{
		"-only", strings.Join(most, ","), "-bin", bin, "-n", "1", "-cold", "1", "-calls", "10", "-lines", "4", "-mib", "1", "-gap", "1ms", "-json", figures,
	}, &printed, t.Output())
	if err != nil {
		t.Fatalf("%v\n%s", err, printed.String())
	}
	text, err := os.ReadFile(figures)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Tables []struct {
			Name, Title string
			Rows        []map[string]any
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, table := range got.Tables {
		names[table.Name] = true
		if len(table.Rows) == 0 || !strings.Contains(printed.String(), table.Title) {
			t.Errorf("table %q has %d rows", table.Name, len(table.Rows))
		}
		for _, row := range table.Rows {
			if ms, ok := row["median_ms"].(float64); ok && ms <= 0 {
				t.Errorf("%s: %v", table.Name, row)
			}
		}
	}
	for _, want := range []string{"start", "warm", "warm_phases", "burst", "specialised", "warm_inside", "lines", "executables", "stream", "many_" + helloFunction, "many_" + helloFunction + "_left", "cold", "cold_phases", "cold_parts"} {
		if !names[want] {
			t.Errorf("there is no table %q", want)
		}
	}
}

func TestParse(t *testing.T) {
	o, err := parse([]string{"-quick", "-n", "7", "-only", "warm,cold"}, io.Discard)
	if err != nil || o.n != 7 || o.calls != 500 || o.only != "warm,cold" {
		t.Errorf("%+v, %v", o, err)
	}
	for _, args := range [][]string{{"-only", "warmth"}, {"-n", "0"}, {"-no-such"}} {
		if _, err := parse(args, io.Discard); err == nil || errors.Is(err, flag.ErrHelp) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if err := run(context.Background(), []string{"-bin", t.TempDir()}, io.Discard, io.Discard); err == nil {
		t.Error("a directory without executables is no error")
	}
}
