package cgroup

import (
	"bytes"
	"os"
	"strconv"
)

// write writes to a control file, which is never created.
func write(path, value string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(value)
	return err
}

// counter reads one "name value" line of a control file; 0 when it is not there.
func counter(path, name string) int {
	data, _ := os.ReadFile(path)
	for line := range bytes.Lines(data) {
		if key, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte(" ")); ok && string(key) == name {
			n, _ := strconv.Atoi(string(value))
			return n
		}
	}
	return 0
}

// charged reads a control file that holds one number; 0 when it is not there.
func charged(path string) int64 {
	data, _ := os.ReadFile(path)
	n, _ := strconv.ParseInt(string(bytes.TrimSpace(data)), 10, 64)
	return n
}

// members reads the process ids in a control file.
func members(path string) (pids []int) {
	data, _ := os.ReadFile(path)
	for field := range bytes.FieldsSeq(data) {
		if pid, err := strconv.Atoi(string(field)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
