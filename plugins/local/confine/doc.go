// Package confine finds out which sandbox the kernel gives to this user's
// workers, by starting fn-worker in one after the other, the strongest first.
package confine
