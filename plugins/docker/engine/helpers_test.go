//go:build unix

package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// environment is a caller's.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// real needs the engine of this machine at its default socket.
func real(t *testing.T) {
	t.Helper()
	if _, err := Open(t.Context(), environment(), t.TempDir()); err != nil {
		if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "docker") {
			t.Fatal(err)
		}
		t.Skip("no Docker engine here: ", err)
	}
}

// unavailable checks an error's kind, a part of its text and of its hint.
func unavailable(t *testing.T, err error, message, hint string) {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) || e.Kind != sdk.Unavailable {
		t.Fatalf("%v, want an Unavailable", err)
	}
	if !strings.Contains(e.Message, message) || !strings.Contains(e.Hint, hint) {
		t.Errorf("%q, hint %q; want %q and %q", e.Message, e.Hint, message, hint)
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// addContext puts a context into the store of a home and returns the place of
// its TLS files.
func addContext(t *testing.T, home, id, host string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Endpoints": map[string]any{"docker": map[string]any{"Host": host}}})
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(home, ".docker", "contexts")
	write(t, filepath.Join(store, "meta", id, "meta.json"), text)
	return filepath.Join(store, "tls", id, "docker")
}

// authority signs certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	der, key := a.sign(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	a.key = key
	var err error
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) sign(c *x509.Certificate) ([]byte, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: "test"}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	return der, key
}

// client writes ca.pem, cert.pem and key.pem for a client.
func (a *authority) client(dir string) {
	a.t.Helper()
	der, key := a.sign(&x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	write(a.t, filepath.Join(dir, "ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
	write(a.t, filepath.Join(dir, "cert.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(a.t, filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}))
}

// serve puts TLS with client certificates in front of the real engine and
// returns its address.
func (a *authority) serve() string {
	a.t.Helper()
	der, key := a.sign(&x509.Certificate{
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	})
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "engine"})
	proxy.Transport = &http.Transport{Dial: func(string, string) (net.Conn, error) {
		return net.Dial("unix", strings.TrimPrefix(defaultHost, "unix://"))
	}}
	server := httptest.NewUnstartedServer(proxy)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}
	server.Config.ErrorLog = quiet
	server.StartTLS()
	a.t.Cleanup(server.Close)
	return "tcp://" + server.Listener.Addr().String()
}
