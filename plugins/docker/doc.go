// Package docker is the component whose functions run in containers: each call in
// one of its own, which was started before the call.
package docker
