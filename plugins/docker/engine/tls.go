package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/sdk"
)

// certificates are the TLS files ca.pem, cert.pem and key.pem of a directory.
type certificates struct {
	dir      string
	insecure bool // the engine's certificate is not verified
	optional bool // a file that is not there is not used
}

// config reads the files.
func (c *certificates) config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.insecure}
	ca, err := c.read("ca.pem", c.optional || c.insecure)
	if err != nil {
		return nil, err
	}
	if ca != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, c.bad("ca.pem", errors.New("no certificate in it"))
		}
	}
	cert, err := c.read("cert.pem", c.optional)
	if err != nil {
		return nil, err
	}
	key, err := c.read("key.pem", cert == nil)
	if err != nil || cert == nil {
		return config, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, c.bad("cert.pem and key.pem", err)
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}

// read returns nil for an optional file that is not there.
func (c *certificates) read(name string, optional bool) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	switch {
	case err == nil:
		return text, nil
	case optional && errors.Is(err, fs.ErrNotExist):
		return nil, nil
	}
	return nil, c.bad(name, errors.Unwrap(err))
}

func (c *certificates) bad(name string, why error) error {
	return sdk.Errorf(sdk.Unavailable, "TLS to the engine: %s: %w", filepath.Join(c.dir, name), why).
		WithHint("put ca.pem, cert.pem and key.pem of this engine into %s, or set DOCKER_CERT_PATH to where they are", c.dir)
}
