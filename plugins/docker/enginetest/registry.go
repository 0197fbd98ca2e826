package enginetest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"
	"github.com/fnhost/fn/plugins/docker/engine"
	"golang.org/x/crypto/bcrypt"
)

// registryStart bounds the start of a registry.
const registryStart = 20 * time.Second

// RegistryServer is a registry on 127.0.0.1. Engines take it without TLS.
type RegistryServer struct {
	Address string // "127.0.0.1:PORT", the first part of its images' names

	user, password string
	log            *bytes.Buffer
	ended          chan error
}

// Registry starts a registry that keeps its images until the test ends. With a
// user it serves nobody else.
func Registry(t T, user, password string) *RegistryServer {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		missing(t, "no registry here: %v: sudo apt-get install docker-registry", err)
	}
	dir, err := os.MkdirTemp("", "fn-registry")
	if err != nil {
		t.Fatalf("registry: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	r := &RegistryServer{user: user, password: password}
	// Another process may take a free port before the registry does.
	for range 3 {
		if err = r.start(t, program, dir); err == nil {
			return r
		}
	}
	t.Fatalf("registry: %v", err)
	return nil
}

func (r *RegistryServer) start(t T, program, dir string) error {
	var err error
	if r.Address, err = freeAddress(); err != nil {
		return err
	}
	config, err := r.configure(dir)
	if err != nil {
		return err
	}
	r.log, r.ended = new(bytes.Buffer), make(chan error, 1)
	cmd := exec.Command(program, "serve", config)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = r.log, r.log, endsWithUs()
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { r.ended <- cmd.Wait() }()
	stop := func() {
		cmd.Process.Kill()
		r.ended <- <-r.ended
	}
	if err := r.await(); err != nil {
		stop()
		return fmt.Errorf("%w\n%s", err, r.log)
	}
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("the registry's log:\n%s", r.log)
		}
	})
	return nil
}

// configure writes the registry's configuration and password file.
func (r *RegistryServer) configure(dir string) (string, error) {
	text := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %q}, delete: {enabled: true}}\nhttp: {addr: %q}\n",
		filepath.Join(dir, "images"), r.Address)
	if r.user != "" {
		hash, err := bcrypt.GenerateFromPassword([]byte(r.password), bcrypt.MinCost)
		if err != nil {
			return "", err
		}
		passwords := filepath.Join(dir, "passwords")
		if err := os.WriteFile(passwords, fmt.Appendf(nil, "%s:%s\n", r.user, hash), 0o600); err != nil {
			return "", err
		}
		text += fmt.Sprintf("auth: {htpasswd: {realm: test, path: %q}}\n", passwords)
	}
	config := filepath.Join(dir, "config.yml")
	return config, os.WriteFile(config, []byte(text), 0o600)
}

// await returns once the registry answers, be it with a question for a password.
func (r *RegistryServer) await() error {
	for deadline := time.Now().Add(registryStart); time.Now().Before(deadline); {
		select {
		case err := <-r.ended:
			r.ended <- err
			return fmt.Errorf("it ended: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
		if answer, err := http.Get("http://" + r.Address + "/v2/"); err == nil {
			answer.Body.Close()
			return nil
		}
	}
	return errors.New("it does not answer")
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Auth is what the options of a pull or a push take as RegistryAuth.
func (r *RegistryServer) Auth() (string, error) {
	return registry.EncodeAuthConfig(registry.AuthConfig{Username: r.user, Password: r.password, ServerAddress: r.Address})
}

// Push puts an engine's image into the registry and returns its name there, as
// "127.0.0.1:PORT/name". The engine keeps no such name.
func (r *RegistryServer) Push(t T, e *engine.Engine, reference, name string) string {
	t.Helper()
	there := r.Address + "/" + name
	if err := r.push(t, e, reference, there); err != nil {
		t.Fatalf("push %s as %s: %v", reference, there, err)
	}
	return there
}

func (r *RegistryServer) push(t T, e *engine.Engine, reference, there string) error {
	auth, err := r.Auth()
	if err != nil {
		return err
	}
	if err := e.ImageTag(t.Context(), reference, there); err != nil {
		return err
	}
	defer e.ImageRemove(t.Context(), there, image.RemoveOptions{})
	body, err := e.ImagePush(t.Context(), there, image.PushOptions{RegistryAuth: auth})
	if err != nil {
		return err
	}
	defer body.Close()
	return progress(body, func() {})
}
