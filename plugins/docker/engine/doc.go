// Package engine finds the Docker engine that the docker command line would
// use, opens a client to it and explains its failures with what mends them.
//
// The environment is the caller's and comes as a function, never from the
// process: a plugin may serve a shell other than the one that started it. Known
// are DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS, DOCKER_TLS_VERIFY,
// DOCKER_CERT_PATH, DOCKER_API_VERSION and XDG_RUNTIME_DIR. As with docker,
// DOCKER_HOST goes before DOCKER_CONTEXT, and that before the current context of
// config.json. Unlike docker, a missing default socket is not the end: those of
// a rootless engine and of Podman are tried.
package engine
