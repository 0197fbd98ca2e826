package host

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/fnhost/fn/host/api"
)

// pluginLog puts what a plugin writes to its standard error into the host's
// log, a record a line.
type pluginLog struct {
	component string
	log       *slog.Logger
}

func (l pluginLog) Write(line []byte) (int, error) {
	l.log.Info(string(bytes.TrimRight(line, "\r\n")), "component", l.component)
	return len(line), nil
}

// discard is a Reporter for work that nobody waits for.
type discard struct{}

func (discard) Note(string)           {}
func (discard) Progress(api.Progress) {}

// lookup finds a name in an environment.
func lookup(env []string, name string) string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// logLimit is the size at which the host's log is set aside as FILE.1.
const logLimit = 4 << 20

// Log is the host's log file: appended to, set aside at 4 MiB, one old file
// kept.
type Log struct {
	path string
	mu   sync.Mutex
	file *os.File
	size int64
}

// OpenLog opens the log at path.
func OpenLog(path string) (*Log, error) {
	l := &Log{path: path}
	return l, l.open()
}

func (l *Log) open() error {
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return err
	}
	l.file, l.size = file, info.Size()
	return nil
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > 0 && l.size+int64(len(p)) > logLimit {
		l.file.Close()
		os.Rename(l.path, l.path+".1")
		if err := l.open(); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Write(p)
	l.size += int64(n)
	return n, err
}
