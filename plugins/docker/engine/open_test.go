//go:build unix

package engine

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var quiet = log.New(io.Discard, "", 0)

func TestOpenDefault(t *testing.T) {
	real(t)
	e, err := Open(t.Context(), environment(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	version, err := e.ServerVersion(t.Context())
	if err != nil || version.Version == "" {
		t.Fatalf("%+v, %v", version, err)
	}
	if e.Place.From != byDefault {
		t.Errorf("%+v", e.Place)
	}
}

func TestOpenTLS(t *testing.T) {
	real(t)
	a, dir := newAuthority(t), t.TempDir()
	host := a.serve()
	a.client(dir)
	env := []string{"DOCKER_HOST", host, "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH"}
	open := func(t *testing.T, env ...string) error {
		t.Helper()
		e, err := Open(t.Context(), environment(env...), t.TempDir())
		if err == nil {
			defer e.Close()
			_, err = e.Info(t.Context())
		}
		return err
	}
	if err := open(t, append(env, dir)...); err != nil {
		t.Error(err)
	}
	t.Run("files missing", func(t *testing.T) {
		empty := t.TempDir()
		unavailable(t, open(t, append(env, empty)...), filepath.Join(empty, "ca.pem"), "DOCKER_CERT_PATH")
	})
	t.Run("file damaged", func(t *testing.T) {
		damaged := t.TempDir()
		a.client(damaged)
		write(t, filepath.Join(damaged, "cert.pem"), []byte("no certificate"))
		unavailable(t, open(t, append(env, damaged)...), filepath.Join(damaged, "cert.pem"), "DOCKER_CERT_PATH")
	})
	t.Run("another engine's authority", func(t *testing.T) {
		other := t.TempDir()
		newAuthority(t).client(other)
		unavailable(t, open(t, append(env, other)...), "certificate signed by unknown authority", other)
	})
	t.Run("another client's certificate", func(t *testing.T) {
		other := t.TempDir()
		newAuthority(t).client(other)
		unavailable(t, open(t, "DOCKER_HOST", host, "DOCKER_TLS", "1", "DOCKER_CERT_PATH", other), "TLS to the engine", other)
	})
	t.Run("no TLS", func(t *testing.T) {
		unavailable(t, open(t, "DOCKER_HOST", host), "wants TLS", "DOCKER_TLS_VERIFY=1")
	})
}

func TestOpenContext(t *testing.T) {
	real(t)
	a, home := newAuthority(t), t.TempDir()
	a.client(addContext(t, home, id("prod"), a.serve()))
	e, err := Open(t.Context(), environment("DOCKER_CONTEXT", "prod"), home)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Place.From != `context "prod"` {
		t.Errorf("%+v", e.Place)
	}
}

// The docker command line writes the store that is read here.
func TestStoreOfTheCommandLine(t *testing.T) {
	real(t)
	docker, err := exec.LookPath("docker")
	if err != nil {
		t.Skip("no docker command here: ", err)
	}
	a, home, certificates := newAuthority(t), t.TempDir(), t.TempDir()
	a.client(certificates)
	do := func(args ...string) {
		t.Helper()
		cmd := exec.Command(docker, args...)
		cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker %q: %v\n%s", args, err, out)
		}
	}
	do("context", "create", "made-by-docker", "--docker", "host="+a.serve()+
		",ca="+certificates+"/ca.pem,cert="+certificates+"/cert.pem,key="+certificates+"/key.pem")
	do("context", "use", "made-by-docker")
	e, err := Open(t.Context(), environment(), home)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Place.From != `context "made-by-docker"` {
		t.Errorf("%+v", e.Place)
	}
}

func TestAPIVersion(t *testing.T) {
	real(t)
	e, err := Open(t.Context(), environment("DOCKER_API_VERSION", "1.40"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if v := e.ClientVersion(); v != "1.40" {
		t.Errorf("version %s", v)
	}
	_, err = Open(t.Context(), environment("DOCKER_API_VERSION", "1.999"), t.TempDir())
	unavailable(t, err, "1.999", "unset DOCKER_API_VERSION")
	if _, err = Open(t.Context(), environment("DOCKER_API_VERSION", "new"), t.TempDir()); err == nil {
		t.Error("DOCKER_API_VERSION=new was taken")
	}
}

func TestNoEngineThere(t *testing.T) {
	dir := t.TempDir()
	gone := "unix://" + filepath.Join(dir, "gone.sock")
	_, err := Open(t.Context(), environment("DOCKER_HOST", gone), dir)
	unavailable(t, err, "no engine answers at "+gone+" (DOCKER_HOST)", startMend(Place{Host: gone}, "start"))

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = Open(t.Context(), environment("DOCKER_HOST", l.Addr().String()), dir)
	unavailable(t, err, "no engine answers", "docker context ls")

	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	address := strings.TrimPrefix(other.URL, "http://")
	_, err = Open(t.Context(), environment("DOCKER_HOST", address), dir)
	unavailable(t, err, "no Docker engine", "docker version")
	_, err = Open(t.Context(), environment("DOCKER_HOST", address, "DOCKER_TLS", "1"), dir)
	unavailable(t, err, "TLS", dir)
}
