package sandbox

// A Plan makes a View in a mount namespace that was just made: steps to be done
// in order, by a process with CAP_SYS_ADMIN over that namespace. The first that
// fails, unless it is Optional, ends it, and the process must not go on.
type Plan []Step

// A Step is one system call, or nearly one. Which fields it uses depends on Do:
//
//	mount    mount(Source, Target, Type, Flags, Data)
//	attr     mount_setattr(AT_FDCWD, Target, recursive, {attr_set: Flags})
//	clone    open_tree(AT_FDCWD, Target, OPEN_TREE_CLONE, recursive); the
//	         descriptor is kept, by Target, for move
//	move     move_mount(the descriptor kept for Source, Target), then it is closed
//	mkdir    Target and what is missing above it, with mode 0755
//	file     an empty file Target
//	symlink  symlink(Source, Target)
//	write    Data into the existing file Target
//	chdir    chdir(Target)
//
// recursive is AT_RECURSIVE (0x8000), always; open_tree also gets
// OPEN_TREE_CLOEXEC, and move_mount MOVE_MOUNT_F_EMPTY_PATH. Their numbers are
// 428 (open_tree), 429 (move_mount) and 442 (mount_setattr) on every
// architecture.
type Step struct {
	Do       string  `json:"do"`
	Source   string  `json:"source,omitempty"`
	Target   string  `json:"target"`
	Type     string  `json:"type,omitempty"`
	Flags    uintptr `json:"flags,omitempty"`
	Data     string  `json:"data,omitempty"`
	Optional bool    `json:"optional,omitempty"` // what it cannot do is left
}

// What a Step can do.
const (
	doMount   = "mount"
	doAttr    = "attr"
	doClone   = "clone"
	doMove    = "move"
	doMkdir   = "mkdir"
	doFile    = "file"
	doSymlink = "symlink"
	doWrite   = "write"
	doChdir   = "chdir"
)

// The flags of mount and mount_setattr, which are the same on every
// architecture of Linux.
const (
	msReadOnly  = 0x1
	msNoSuid    = 0x2
	msNoDev     = 0x4
	msNoExec    = 0x8
	msRemount   = 0x20
	msBind      = 0x1000
	msRecursive = 0x4000
	msPrivate   = 0x40000

	attrReadOnly = 0x1
	attrNoSuid   = 0x2
)
