package template

import "encoding/json"

// request has the template fork or, with Kill, end a fork. The files that go
// with it are the worker's socket, standard output and standard error and, with
// Group, what brings it into its control group.
type request struct {
	ID    int64             `json:"id,omitempty"`
	Dir   string            `json:"dir,omitempty"`
	Code  string            `json:"code,omitempty"` // the directory to begin in
	Env   map[string]string `json:"env,omitempty"`
	Group int               `json:"group,omitempty"`
	Kill  int64             `json:"kill,omitempty"`
}

// message is what template and forks answer.
type message struct {
	Ready string `json:"ready"` // the interpreter's version
	ID    int64  `json:"id"`

	PID    int    `json:"pid"`    // of the fork's process 1, which runs
	Status *int   `json:"status"` // how the function's process ended, as of wait(2)
	Gone   *int   `json:"gone"`   // how process 1 ended, and everything with it
	Error  string `json:"error"`  // why there is no template, or no fork
}

const longestMessage = 64 << 10

func (t *Template) receive() (m message, err error) {
	buf := make([]byte, longestMessage)
	n, err := t.control.Read(buf)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(buf[:n], &m)
}

// listen passes messages on until the template has ended, and its forks.
func (t *Template) listen() {
	for {
		m, err := t.receive()
		if err != nil {
			break
		}
		if fork := t.find(m); fork != nil {
			fork.take(m)
		}
	}
	t.mu.Lock()
	t.dead = true
	forks := t.forks
	t.forks = nil
	t.mu.Unlock()
	t.kill()
	<-t.ended
	for _, fork := range forks {
		fork.lost()
	}
	t.control.Close()
}

// find returns the fork that a message is about, and forgets one that is gone.
func (t *Template) find(m message) *Fork {
	t.mu.Lock()
	defer t.mu.Unlock()
	fork := t.forks[m.ID]
	if m.Gone != nil || m.Error != "" && fork != nil && fork.pid == 0 {
		delete(t.forks, m.ID)
		t.endIfIdle()
	}
	return fork
}

// abandon forgets a fork that the template did not answer for, and has it make
// no more. Those that there are can be of use.
func (t *Template) abandon(f *Fork) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead, t.retired = true, true
	delete(t.forks, f.id)
	t.endIfIdle()
}
