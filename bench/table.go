package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table is what one measurement found.
type table struct {
	name    string // in the JSON
	title   string
	columns []column
	rows    []row
	notes   []string
}

// column is one kind of figure; its key carries the unit and is what the JSON
// calls it.
type column struct {
	key, head string
	decimals  int
}

// row is one thing measured. A figure that was not taken is absent.
type row struct {
	name    string
	figures map[string]float64
	aim     *aim
}

// row finds one by its name; nil: there is none.
func (t *table) row(name string) *row {
	for i := range t.rows {
		if t.rows[i].name == name {
			return &t.rows[i]
		}
	}
	return nil
}

// print writes the table for people.
func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", t.title)
	lines := [][]string{{""}}
	for _, c := range t.columns {
		lines[0] = append(lines[0], c.head)
	}
	for _, r := range t.rows {
		line := []string{r.name}
		for _, c := range t.columns {
			cell := ""
			if v, ok := r.figures[c.key]; ok {
				cell = fmt.Sprintf("%.*f", c.decimals, v)
			}
			line = append(line, cell)
		}
		lines = append(lines, append(line, r.aim.String()))
	}
	widths := widthsOf(lines)
	for _, line := range lines {
		fmt.Fprintln(w, strings.TrimRight(aligned(line, widths), " "))
	}
	for _, note := range t.notes {
		fmt.Fprintf(w, "  %s\n", note)
	}
}

func widthsOf(lines [][]string) []int {
	var widths []int
	for _, line := range lines {
		for i, cell := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// aligned puts the name and the aim to the left, the figures to the right.
func aligned(line []string, widths []int) string {
	var b strings.Builder
	for i, cell := range line {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 || i == len(widths)-1 {
			b.WriteString("  " + cell + pad)
		} else {
			b.WriteString("  " + pad + cell)
		}
	}
	return b.String()
}

// MarshalJSON gives each row as one flat object.
func (t *table) MarshalJSON() ([]byte, error) {
	rows := make([]map[string]any, len(t.rows))
	for i, r := range t.rows {
		rows[i] = map[string]any{"name": r.name}
		for key, v := range r.figures {
			rows[i][key] = v
		}
		if r.aim != nil {
			rows[i]["aim"] = r.aim
		}
	}
	return json.Marshal(map[string]any{"name": t.name, "title": t.title, "rows": rows, "notes": t.notes})
}
