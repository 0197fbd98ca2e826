package sdktest

import (
	"crypto/rand"
	"fmt"
	"math/big"
)

// marker is a number of seconds, about a day, that no one else sleeps: the
// function's process can be found by it.
func marker() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000_000)) // never fails
	return fmt.Sprintf("86400.%09d", n)
}
