//go:build !unix

package regular

const nonblock = 0 // opening blocks nowhere here
