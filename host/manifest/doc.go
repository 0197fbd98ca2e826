// Package manifest reads, checks and edits plugins.toml, the components that a
// user has chosen, and plugins.lock, the executables that were accepted for
// them.
//
//	[docker]                       # the component's name
//	plugin = "fn-plugin-docker"    # default: fn-plugin-<name>
//	env    = ["DOCKER_*", "HOME"]  # what of the caller's environment it sees
//	[docker.config]                # the plugin's own settings
//	pool_memory = "2GiB"
//
// A mistake is an error of kind Invalid that names file and line. Edits keep
// every byte that they are not about, are atomic, and wait for each other
// across processes.
package manifest
