package requirements

import (
	"archive/zip"
	"path"
	"regexp"
	"strings"
)

// Wheels is the directory of the code where packages may lie that are then
// installed without a network.
const Wheels = "wheels"

// lines are those of a requirements.txt that say something.
func lines(text string) (said []string) {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\\\n", " ")
	for line := range strings.SplitSeq(text, "\n") {
		if comment := commentStart.FindStringIndex(line); comment != nil {
			line = line[:comment[0]]
		}
		if line = strings.TrimSpace(line); line != "" {
			said = append(said, line)
		}
	}
	return said
}

var (
	commentStart = regexp.MustCompile(`(^|\s)#`)
	// plain is a requirement that names no file: a name, a version, a marker.
	plain = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]/]*\])?\s*(\(?\s*[<>=!~][^/@]*)?(;[^/]*|--hash[= ]\S*|\s)*$`)
	// plainOption is an option that names no file.
	plainOption = regexp.MustCompile(`^(-i|--index-url|--extra-index-url|--no-index|--pre|--trusted-host|--only-binary|--no-binary|--prefer-binary|--require-hashes)([= ]|$)`)
	findLinks   = regexp.MustCompile(`^(?:-f|--find-links)[= ]?\s*['"]?([^'"]*)['"]?$`)
)

// pythonNeeds looks for requirements.txt. What it refers to decides too: the
// directories of wheels, and where there is more than that, all of the code.
func pythonNeeds(z *zip.Reader) (n Needs, err error) {
	const file = "requirements.txt"
	text, found, err := textOf(z, file)
	said := lines(text)
	if err != nil || !found || len(said) == 0 {
		return n, err
	}
	n = Needs{Language: Python, File: file, Text: []string{text}}
	dirs := []string{Wheels}
	for _, line := range said {
		if link := findLinks.FindStringSubmatch(line); link != nil {
			if !strings.Contains(link[1], "://") && !path.IsAbs(link[1]) {
				dirs = append(dirs, path.Clean(link[1]))
			}
		} else if !plain.MatchString(line) && !plainOption.MatchString(line) {
			dirs = append(dirs, "")
		}
	}
	for i, dir := range dirs {
		if dir == "." {
			dir = ""
		}
		sum, none, err := below(z, dir)
		if err != nil {
			return n, err
		}
		if !none {
			n.Text = append(n.Text, sum)
		}
		n.Offline = n.Offline || i == 0 && !none
	}
	return n, nil
}
