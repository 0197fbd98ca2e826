package interpreter

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// answer is what an interpreter said, and what that depends on.
type answer struct {
	Asked       stamp // what PATH led to
	Real        stamp // the executable it named
	Interpreter Interpreter
}

func newAnswer(asked string, found Interpreter) *answer {
	return &answer{Asked: stampOf(asked), Real: stampOf(found.Path), Interpreter: found}
}

func (a *answer) stillTrue(asked string) bool {
	return a.Asked == stampOf(asked) && a.Real == stampOf(a.Interpreter.Path)
}

// load returns nil where there is nothing of use: it will be asked again.
func load(file string) *answer {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var a answer
	if json.Unmarshal(data, &a) != nil || a.Interpreter.Path == "" {
		return nil
	}
	return &a
}

// save replaces the file. That it could not be written costs a question at the
// next start, nothing else.
func (a *answer) save(file string) error {
	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
