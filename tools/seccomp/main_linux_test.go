package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"github.com/fnhost/fn/worker/seccomp"
	profiles "github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/net/bpf"
)

func TestTheTableIsCurrent(t *testing.T) {
	fresh, err := table()
	if err != nil {
		t.Fatal(err)
	}
	if committed, err := os.ReadFile("../../worker/seccomp/table.go"); !bytes.Equal(committed, fresh) {
		t.Errorf("worker/seccomp/table.go is not what the profile gives, run make generate: %v", err)
	}
}

// The filter decides as the profile does, whatever the call and its argument.
func TestTheFilterIsTheProfile(t *testing.T) {
	for arch, audit := range map[string]uint32{"amd64": 0xc000_003e, "arm64": 0xc000_00b7} {
		numbers, err := systemCalls(arch)
		if err != nil {
			t.Fatal(err)
		}
		filter, profile := machine(t, arch), rules(arch)
		newest := slices.Max(allowed(arch, numbers))
		for name, number := range numbers {
			if slices.Contains([]string{"arch_specific_syscall", "syscalls"}, name) {
				continue // no system call
			}
			for _, argument := range []uint32{0, 1, 8, 17, 37, 38, 39, 40, 41, 0x100, 0x2_0000, 0x2_0008, 0x200_0000, 0x1000_0000, 0x7fff_ffff, 0xffff_ffff} {
				want := decision(profile, name, argument)
				if number > newest { // programs take it for one that their kernel does not have yet
					want = unknown
				}
				if got := run(t, filter, audit, number, argument); got != want {
					t.Errorf("%s: %s (%d) of %#x: %#x, the profile says %#x", arch, name, number, argument, got, want)
				}
			}
		}
		if got := run(t, filter, audit, 0x4000_0000, 0); got != unknown {
			t.Errorf("%s: a call of another interface: %#x", arch, got)
		}
		if got := run(t, filter, 0x4000_0003, 1, 0); got != refuse {
			t.Errorf("%s: a call of another architecture: %#x", arch, got)
		}
	}
}

const (
	allow   = 0x7fff_0000
	refuse  = 0x0005_0001
	unknown = 0x0005_0026
)

func decision(profile []*profiles.Syscall, name string, argument uint32) uint32 {
	for _, rule := range profile {
		if !slices.Contains(rule.Names, name) || !holds(rule.Args, argument) {
			continue
		}
		if rule.Action == specs.ActAllow {
			return allow
		}
		return unknown
	}
	return refuse
}

func holds(conditions []specs.LinuxSeccompArg, argument uint32) bool {
	for _, c := range conditions {
		value, want := uint64(argument), c.Value
		held := false
		switch c.Op {
		case specs.OpEqualTo:
			held = value == want
		case specs.OpLessThan:
			held = value < want
		case specs.OpGreaterThan:
			held = value > want
		case specs.OpMaskedEqual:
			held = value&want == c.ValueTwo
		default:
			panic("the profile has an operator that this test does not know: " + c.Op)
		}
		if c.Index != 0 {
			panic("the profile looks at another argument than the first")
		}
		if !held {
			return false
		}
	}
	return true
}

func machine(t *testing.T, arch string) *bpf.VM {
	t.Helper()
	var raw []bpf.RawInstruction
	for _, i := range seccomp.Filter(arch) {
		raw = append(raw, bpf.RawInstruction{Op: i.Code, Jt: i.Jt, Jf: i.Jf, K: i.K})
	}
	program, ok := bpf.Disassemble(raw)
	if !ok {
		t.Fatalf("%s: the filter has an instruction of no packet filter", arch)
	}
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	return vm
}

// run decides one call. A packet filter reads what it is given as sent by a
// network, a filter of system calls as the machine has it.
func run(t *testing.T, filter *bpf.VM, arch, number, argument uint32) uint32 {
	t.Helper()
	data := make([]byte, 64)
	binary.BigEndian.PutUint32(data, number)
	binary.BigEndian.PutUint32(data[4:], arch)
	binary.BigEndian.PutUint32(data[16:], argument)
	got, err := filter.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(got)
}
