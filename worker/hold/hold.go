package hold

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// named is how many sockets an answer names.
const named = 5

// lineBytes is more than a line of the input ever has.
const lineBytes = 16

const clean = "clean\n"

// Serve looks after the network namespace of this process until in ends. The
// error is of the system, or of what is in or out.
func Serve(in io.Reader, out io.Writer) error {
	before, err := look(sight{})
	if err != nil {
		return err
	}
	sentBefore, err := sent()
	if err != nil {
		return err
	}
	known := make(map[identity]bool, len(before.sockets))
	for _, s := range before.sockets {
		known[s.identity] = true
	}
	if _, err := io.WriteString(out, "ready\n"); err != nil {
		return err
	}
	for lines := bufio.NewReaderSize(in, lineBytes); ; {
		switch line, err := lines.ReadSlice('\n'); {
		case err == io.EOF && len(line) == 0:
			return nil
		case err != nil:
			return err
		case string(line) != "check\n":
			return fmt.Errorf("%q in place of check", line)
		}
		now, err := look(before)
		if err != nil {
			return err
		}
		said := answer(now.sockets, known)
		sentNow, err := sent()
		if err != nil {
			return err
		}
		if said == clean && sentNow != sentBefore {
			said = fmt.Sprintf("left: %d packets were sent\n", sentNow-sentBefore)
		}
		if _, err := io.WriteString(out, said); err != nil {
			return err
		}
	}
}

func answer(found []socket, known map[identity]bool) string {
	var left []string
	for _, s := range found {
		if !known[s.identity] {
			left = append(left, s.String())
		}
	}
	if len(left) == 0 {
		return clean
	}
	more := ""
	if n := len(left) - named; n > 0 {
		left, more = left[:named], fmt.Sprintf(" and %d more", n)
	}
	return "left: " + strings.Join(left, ", ") + more + "\n"
}
