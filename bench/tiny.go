package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"runtime"
)

// exitCode is the machine code of exit(0).
var exitCode = map[string]struct {
	machine elf.Machine
	code    []byte
}{
	"amd64": {elf.EM_X86_64, []byte{
		0xb8, 60, 0, 0, 0, // mov eax, 60
		0x31, 0xff, // xor edi, edi
		0x0f, 0x05, // syscall
	}},
	"arm64": {elf.EM_AARCH64, []byte{
		0x00, 0x00, 0x80, 0xd2, // mov x0, 0
		0xa8, 0x0b, 0x80, 0xd2, // mov x8, 93
		0x01, 0x00, 0x00, 0xd4, // svc 0
	}},
}

// tinyProgram is an executable of some 130 bytes that only exits: the least
// that a function can be, so that what is measured is not its own start.
func tinyProgram() ([]byte, error) {
	exit, ok := exitCode[runtime.GOARCH]
	if runtime.GOOS != "linux" || !ok {
		return nil, fmt.Errorf("no minimal executable for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	const base = 0x400000
	header := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(exit.machine), Version: uint32(elf.EV_CURRENT),
	}
	headers := uint64(binary.Size(header) + binary.Size(elf.Prog64{}))
	size := headers + uint64(len(exit.code))
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS] = byte(elf.ELFCLASS64)
	header.Ident[elf.EI_DATA] = byte(elf.ELFDATA2LSB)
	header.Ident[elf.EI_VERSION] = byte(elf.EV_CURRENT)
	header.Entry = base + headers
	header.Phoff = uint64(binary.Size(header))
	header.Ehsize = uint16(binary.Size(header))
	header.Phentsize = uint16(binary.Size(elf.Prog64{}))
	header.Phnum = 1
	segment := elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X),
		Vaddr: base, Paddr: base, Filesz: size, Memsz: size, Align: 0x1000,
	}
	var program bytes.Buffer
	for _, part := range []any{header, segment, exit.code} {
		if err := binary.Write(&program, binary.LittleEndian, part); err != nil {
			return nil, err
		}
	}
	return program.Bytes(), nil
}
