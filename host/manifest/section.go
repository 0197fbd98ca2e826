package manifest

import "strings"

// withoutSections is text without the tables [name] and [name.…]. With a table
// go the comments right above and below it; a comment that a blank line keeps
// apart stays, and so does the one that begins the file.
func withoutSections(text, name string) string {
	lines := scan(text)
	drop := make([]bool, len(lines))
	for start := 0; start < len(lines); start++ {
		if lines[start].kind != header || lines[start].table != name {
			continue
		}
		end := start + 1 // of the tables that follow each other
		for end < len(lines) && (lines[end].kind != header || lines[end].table == name) {
			end++
		}
		from, to := above(lines, start), below(lines, start, end)
		if to == len(lines) { // nothing follows that a blank line would part
			for from > 0 && lines[from-1].kind == blank {
				from--
			}
		}
		for i := from; i < to; i++ {
			drop[i] = true
		}
		start = end - 1
	}
	var kept strings.Builder
	for i, line := range lines {
		if !drop[i] {
			kept.WriteString(line.text)
		}
	}
	return kept.String()
}

// above is where the comment that touches the header at i begins.
func above(lines []line, i int) int {
	from := i
	for from > 0 && lines[from-1].kind == comment {
		from--
	}
	if from == 0 {
		return i // it is about the file
	}
	return from
}

// below is where what belongs to the tables in lines[start:end] is over:
// after their last key, the comment that touches it, and blank lines.
func below(lines []line, start, end int) int {
	last := start
	for i := start; i < end; i++ {
		if lines[i].kind == header || lines[i].kind == content {
			last = i
		}
	}
	to := last + 1
	for to < end && lines[to].kind == comment {
		to++
	}
	if to == end && end < len(lines) {
		return last + 1 // the comment touches the next header too: it is that one's
	}
	for to < end && lines[to].kind == blank {
		to++
	}
	return to
}
