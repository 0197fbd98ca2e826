//go:build unix

package images

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

type object = map[string]any

func basic(user, password string) object {
	return object{"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}
}

// helper puts a credential helper on the store's PATH.
func helper(t *testing.T, s *Store, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	s.Environ = append(s.Environ, "PATH="+dir+":/usr/bin:/bin", "WHO=me")
}

func TestAPrivateRegistry(t *testing.T) {
	e := enginetest.Client(t)
	r := enginetest.Registry(t, "me", "secret")
	ref := r.Push(t, e, small(t, e), "private")
	removed(t, e, ref)
	s := newStore(t, e)
	_, err := s.Resolve(t.Context(), ref, ignore)
	fails(t, err, sdk.PermissionDenied, r.Address, "docker login "+r.Address)
	configure(t, s, object{"auths": object{r.Address: basic("me", "wrong")}})
	_, err = s.Resolve(t.Context(), ref, ignore)
	fails(t, err, sdk.PermissionDenied, r.Address, "docker login "+r.Address)
	configure(t, s, object{"credsStore": "lost", "auths": object{}})
	_, err = s.Resolve(t.Context(), ref, ignore)
	fails(t, err, sdk.PermissionDenied, "docker-credential-lost", "docker login "+r.Address)
	configure(t, s, object{"auths": object{"http://" + r.Address + "/v1/": basic("me", "secret")}})
	if _, err := s.Resolve(t.Context(), ref, ignore); err != nil {
		t.Error(err)
	}
	helper(t, s, "good", `read server; [ "$1" = get ] && echo "{\"ServerURL\":\"$server\",\"Username\":\"$WHO\",\"Secret\":\"secret\"}"`)
	configure(t, s, object{"credHelpers": object{r.Address: "good"}})
	if _, err := s.Refresh(t.Context(), ref, ignore); err != nil {
		t.Error(err)
	}
	_, err = s.Resolve(t.Context(), r.Address+"/nothing", ignore)
	fails(t, err, sdk.NotFound, "/nothing", "check the name")
}

func TestWhichCredentials(t *testing.T) {
	s := newStore(t, nil)
	helper(t, s, "store", `read server
case "$server" in
tokens.example) echo '{"Username":"<token>","Secret":"t"}' ;;
none.example) echo "credentials not found in native keychain"; exit 1 ;;
broken.example) echo "locked" >&2; exit 1 ;;
*) echo "{\"Username\":\"of $server\",\"Secret\":\"s\"}" ;;
esac`)
	configure(t, s, object{"credsStore": "store", "auths": object{"none.example": basic("file", "p:q"), "broken.example": object{}}})
	for host, want := range map[string][2]string{
		"docker.io": {"of https://index.docker.io/v1/", ""}, "a.example:5000": {"of a.example:5000", ""},
		"tokens.example": {"", "t"}, "none.example": {"file", ""},
	} {
		got, err := s.credentials(t.Context(), host)
		if err != nil || got.Username != want[0] || got.IdentityToken != want[1] {
			t.Errorf("%s: %+v, %v", host, got, err)
		}
	}
	if _, err := s.credentials(t.Context(), "broken.example"); sdk.KindOf(err) != sdk.Unavailable {
		t.Error(err)
	}
	configure(t, s, object{"auths": object{"https://index.docker.io/v1/": object{"identitytoken": "i"}, "bad.example": object{"auth": "?"}}})
	if got, err := s.credentials(t.Context(), "docker.io"); got.IdentityToken != "i" || err != nil {
		t.Error(got, err)
	}
	if _, err := s.credentials(t.Context(), "bad.example"); sdk.KindOf(err) != sdk.Invalid {
		t.Error(err)
	}
}

func TestAHelperThatHangs(t *testing.T) {
	s := newStore(t, nil)
	helper(t, s, "slow", "exec sleep 600")
	configure(t, s, object{"credsStore": "slow"})
	s.HelperLimit = 50 * time.Millisecond
	_, err := s.credentials(t.Context(), "a.example")
	if sdk.KindOf(err) != sdk.Timeout || !strings.Contains(err.Error(), "docker-credential-slow did not answer within 50ms") {
		t.Error(err)
	}
	s.HelperLimit = 0
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	cancel(enough)
	if _, err := s.credentials(ctx, "a.example"); !errors.Is(err, enough) {
		t.Error(err)
	}
}
