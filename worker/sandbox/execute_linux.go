package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"unsafe"
)

// The system calls of Linux 5.2 and 5.12, the same on every architecture.
const (
	sysOpenTree     = 428
	sysMoveMount    = 429
	sysMountSetattr = 442

	atCwd            = -0x64
	atRecursive      = 0x8000
	openTreeClone    = 0x1
	moveMountFromFD  = 0x4
	mountAttrVersion = 32 // bytes of struct mount_attr
)

// Execute carries the plan out in this process's mount namespace.
func (p Plan) Execute() error {
	kept := map[string]int{}
	defer func() {
		for _, fd := range kept {
			syscall.Close(fd)
		}
	}()
	for _, step := range p {
		if err := step.execute(kept); err != nil && !step.Optional {
			return fmt.Errorf("%s %s: %w", step.Do, step.Target, err)
		}
	}
	return nil
}

func (s Step) execute(kept map[string]int) error {
	switch s.Do {
	case doMount:
		return syscall.Mount(s.Source, s.Target, s.Type, s.Flags, s.Data)
	case doAttr:
		return setAttributes(s.Target, s.Flags)
	case doClone:
		fd, err := openTree(s.Target)
		if err == nil {
			kept[s.Target] = fd
		}
		return err
	case doMove:
		fd, ok := kept[s.Source]
		if !ok {
			return fs.ErrNotExist
		}
		delete(kept, s.Source)
		return errors.Join(moveMount(fd, s.Target), syscall.Close(fd))
	case doMkdir:
		return os.MkdirAll(s.Target, 0o755)
	case doFile:
		return os.WriteFile(s.Target, nil, 0o644)
	case doSymlink:
		return os.Symlink(s.Source, s.Target)
	case doWrite:
		return writeExisting(s.Target, s.Data)
	case doChdir:
		return os.Chdir(s.Target)
	}
	return errors.ErrUnsupported
}

func writeExisting(path, data string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(data)
	return errors.Join(err, file.Close())
}

func openTree(path string) (int, error) {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return 0, err
	}
	at := atCwd
	fd, _, errno := syscall.Syscall(sysOpenTree, uintptr(at), uintptr(unsafe.Pointer(name)),
		openTreeClone|atRecursive|syscall.O_CLOEXEC)
	return int(fd), code(errno)
}

func moveMount(fd int, path string) error {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	at, empty := atCwd, [1]byte{}
	_, _, errno := syscall.Syscall6(sysMoveMount, uintptr(fd), uintptr(unsafe.Pointer(&empty)),
		uintptr(at), uintptr(unsafe.Pointer(name)), moveMountFromFD, 0)
	return code(errno)
}

func setAttributes(path string, set uintptr) error {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	attr := struct{ set, clear, propagation, userns uint64 }{set: uint64(set)}
	at := atCwd
	_, _, errno := syscall.Syscall6(sysMountSetattr, uintptr(at), uintptr(unsafe.Pointer(name)),
		atRecursive, uintptr(unsafe.Pointer(&attr)), mountAttrVersion, 0)
	return code(errno)
}

func code(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
