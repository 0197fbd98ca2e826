package sandbox

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

const (
	capNetAdmin    = 12
	capSetpcap     = 8
	capSysAdmin    = 21
	capSysResource = 24
	capLast        = 63 // more than there are

	prCapbsetDrop   = 24
	prSetSecurebits = 28
	prSetNoNewPrivs = 38
	prCapAmbient    = 47
	ambientRaise    = 2
	ambientClearAll = 4

	// noRoot takes from uid 0, for good, that it has every capability in a
	// program it executes (SECBIT_NOROOT and its lock).
	noRoot = 1<<0 | 1<<1

	capVersion3 = 0x20080522
)

// capSets are the sets of one thread, in the kernel's form: low words, high.
type capSets [2]struct{ effective, permitted, inheritable uint32 }

type capHeader struct {
	version uint32
	pid     int32 // 0: this thread
}

// onlySetpcap is what Enter leaves.
var onlySetpcap = capSets{{effective: 1 << capSetpcap, permitted: 1 << capSetpcap}}

// Renounce takes from the calling thread, and from all that it starts, every
// capability, and the means to get one by executing a program. The goroutine
// must be locked to its thread.
func Renounce() error {
	for cap := uintptr(0); cap <= capLast; cap++ {
		prctl(prCapbsetDrop, cap, 0) // without the right to it there is nothing to keep from
	}
	prctl(prSetSecurebits, noRoot, 0)
	prctl(prCapAmbient, ambientClearAll, 0)
	if err := prctl(prSetNoNewPrivs, 1, 0); err != nil {
		return err
	}
	return setCapabilities(capSets{})
}

// keepOnlySetpcap leaves this process, in every thread, no capability but that
// to drop the bounding set, which a thread does in Renounce. In a program linked
// with C that cannot be done: ENOTSUP.
func keepOnlySetpcap() error {
	header, sets := capHeader{version: capVersion3}, onlySetpcap
	_, _, errno := syscall.AllThreadsSyscall(syscall.SYS_CAPSET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0)
	return named("capset", code(errno))
}

// Entered tells whether this process is one that Enter left with CAP_SETPCAP,
// and so whether a thread that starts others should call Renounce.
func Entered() bool {
	sets, err := capabilities()
	return err == nil && sets == onlySetpcap
}

func setCapabilities(sets capSets) error {
	header := capHeader{version: capVersion3}
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPSET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0)
	return named("capset", code(errno))
}

func capabilities() (sets capSets, err error) {
	header := capHeader{version: capVersion3}
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0)
	return sets, named("capget", code(errno))
}

// passOn has the programs that this thread executes keep its capabilities,
// whatever its uid.
func passOn() error {
	sets, err := capabilities()
	if err != nil {
		return err
	}
	for i := range sets {
		sets[i].inheritable = sets[i].permitted
	}
	if err := setCapabilities(sets); err != nil {
		return err
	}
	for cap := uintptr(0); cap <= capLast; cap++ {
		if sets[cap/32].permitted&(1<<(cap%32)) == 0 {
			continue
		}
		if err := prctl(prCapAmbient, ambientRaise, cap); err != nil {
			return fmt.Errorf("keeping capability %d: %w", cap, err)
		}
	}
	return nil
}

func prctl(option, first, second uintptr) error {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, option, first, second, 0, 0, 0)
	return named("prctl", code(errno))
}

func named(call string, err error) error {
	if err == nil {
		return nil
	}
	return os.NewSyscallError(call, err)
}
