// Package images finds, pulls and makes the images that workers run in.
//
// A Store resolves what users write to an image of the engine, with the
// credentials that the docker command line would use. For a runtime that requires
// packages it makes an image of its own, and for a function that does a volume;
// both in a container of the image they are for, with the installer found there.
// They are named by a digest of all that decides their content, so they are made
// once; of several that want the same at once, also in other processes, one makes
// it. What a killed one left is removed by the next.
//
// All that is made carries the labels fn.host and fn.component, containers also
// fn.process, and its name is the host's alone: two hosts on one engine share
// nothing.
package images
