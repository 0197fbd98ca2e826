package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func example() *table {
	return &table{
		name: "warm", title: "A warm call", columns: timeColumns("× F"),
		rows: []row{
			timeRow("F", []sample{{took: 2 * time.Millisecond, cpu: time.Millisecond}}, 2),
			{
				name:    "fn run noop",
				figures: map[string]float64{"median_ms": 7.004, "ratio": 3.5},
				aim:     atMost(3.5, 3, "F"),
			},
		},
		notes: []string{"a note"},
	}
}

func TestPrint(t *testing.T) {
	var got strings.Builder
	example().print(&got)
	want := `
A warm call
               n  median ms  p95 ms  × F  CPU ms
  F            1       2.00    2.00  1.0    1.00
  fn run noop          7.00          3.5          aim ≤ 3 F: 3.50, NOT met
  a note
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

func TestJSON(t *testing.T) {
	text, err := json.Marshal(example())
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Name string
		Rows []map[string]any
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"name": "F", "n": 1.0, "median_ms": 2.0, "p95_ms": 2.0, "ratio": 1.0, "cpu_ms": 1.0},
		{"name": "fn run noop", "median_ms": 7.004, "ratio": 3.5, "aim": map[string]any{"text": "≤ 3 F", "value": 3.5, "met": false}},
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" || got.Name != "warm" {
		t.Errorf("%s: %s", got.Name, diff)
	}
}
