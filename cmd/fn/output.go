package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// checked is standard output. That it cannot be written is an error of one kind
// whatever was printed; a reader that has gone ends fn before, by SIGPIPE.
type checked struct{ io.Writer }

func (w checked) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil {
		err = fault.New(fault.ResourceExhausted, "the output could not be written: %w", err)
	}
	return n, err
}

// show prints facts: as JSON where asked for, else as human does.
func show[T any](c *commandLine, facts T, human func(T) error) error {
	if !c.json {
		return human(facts)
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(facts); err != nil {
		return err
	}
	return c.printf("%s", text.String()) // what is escaped there stays JSON
}

func (c *commandLine) printf(format string, args ...any) error {
	_, err := io.WriteString(c.stdout, c.visible(c.stdout, fmt.Sprintf(format, args...)))
	return err
}

// table prints rows in columns below their names. Without rows it prints what
// that means instead.
func (c *commandLine) table(none string, columns []string, rows [][]string) error {
	if len(rows) == 0 {
		return c.printf("%s\n", none)
	}
	out := bufio.NewWriter(c.stdout)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, row := range append([][]string{columns}, rows...) {
		for i, cell := range row {
			cell, _, _ = strings.Cut(cell, "\n") // the rest is for show
			row[i] = c.visible(c.stdout, cell)
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), "\t "))
	}
	w.Flush() //nolint:errcheck // an error stays with out
	return out.Flush()
}

// facts prints names and values, one pair a line; pairs without a value are
// left out.
func (c *commandLine) facts(pairs ...[2]string) error {
	out := bufio.NewWriter(c.stdout)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, p := range pairs {
		if p[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", p[0], c.visible(c.stdout, p[1]))
		}
	}
	w.Flush() //nolint:errcheck // an error stays with out
	return out.Flush()
}

// size is a number of bytes for people.
func size(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, exponent := float64(n)/unit, 0
	for ; value >= unit && exponent < 4; exponent++ {
		value /= unit
	}
	return strings.Replace(fmt.Sprintf("%.1f %ciB", value, "KMGTP"[exponent]), ".0 ", " ", 1)
}

// age says how long ago t was; the zero time is "never".
func age(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := max(time.Since(t), 0)
	switch {
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%ds ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd ago", int(d.Hours()/24))
	}
}

// milliseconds is a duration for people.
func milliseconds(ms float64) string { return fmt.Sprintf("%.1f ms", ms) }

// painter colours text, on a terminal whose user has not declined it.
type painter struct{ on bool }

func (c *commandLine) paint(w io.Writer) painter {
	return painter{isTerminal(w) && c.getenv("NO_COLOR") == "" && c.getenv("TERM") != "dumb"}
}

func (p painter) bad(text string) string  { return p.with("1;31", text) }
func (p painter) good(text string) string { return p.with("32", text) }
func (p painter) bold(text string) string { return p.with("1", text) }
func (p painter) dim(text string) string  { return p.with("2", text) }

func (p painter) with(code, text string) string {
	if !p.on {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
