// Package requirements knows what functions and runtimes require: which files
// say so, which of them decide what is installed, how pip and npm are asked to
// install it, and what they mean when they fail. It installs nothing itself.
package requirements
