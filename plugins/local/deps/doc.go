// Package deps installs the packages that functions and runtimes require, with
// the installer of their language: pip for python, npm for node.
//
// What is installed lies in one directory of a Store, under a name that is a
// digest of all that decides its content: the interpreter, the requirements, and
// the files of the code that they refer to. It is built aside and renamed, so it
// is there whole or not at all. Several that want the same at once, also from
// other processes, wait for the one that began; what a killed one left is
// removed by the next. What nobody used for KeepUnused is removed after a later
// installation.
//
// An installer sees PATH, HOME and what the component was given of the caller's
// environment. It works in a copy of the code and ends, with all it started,
// when the deploy is canceled or this process ends.
package deps
