package seccomp

// Instruction is one of the kernel's classic packet filter, as struct
// sock_filter has it.
type Instruction struct {
	Code   uint16
	Jt, Jf uint8
	K      uint32
}

// span are system calls of consecutive numbers that are allowed.
type span struct{ first, last uint32 }

// machine is what differs between architectures.
type machine struct {
	audit                              uint32 // AUDIT_ARCH_*
	clone, clone3, personality, socket uint32
	allowed                            []span // in order, without those above
}

const (
	load   = 0x20 // BPF_LD | BPF_W | BPF_ABS
	jump   = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	above  = 0x25 // BPF_JMP | BPF_JGT | BPF_K
	least  = 0x35 // BPF_JMP | BPF_JGE | BPF_K
	common = 0x45 // BPF_JMP | BPF_JSET | BPF_K
	answer = 0x06 // BPF_RET | BPF_K

	// Where struct seccomp_data has them. Of an argument, the lower half is what
	// these calls read.
	number       = 0
	architecture = 4
	argument     = 16

	allow   = 0x7fff_0000 // SECCOMP_RET_ALLOW
	refuse  = 0x0005_0001 // SECCOMP_RET_ERRNO | EPERM
	unknown = 0x0005_0026 // SECCOMP_RET_ERRNO | ENOSYS

	// namespaces are clone's flags that make one.
	namespaces = 0x7e02_0000

	familyAlg, familyVsock = 38, 40 // families of sockets that reach the kernel's algorithms, and the machine around this one
)

// personalities are those that programs are known to ask for, and the question
// for the present one.
var personalities = []uint32{0, 0x0008, 0x2_0000, 0x2_0008, 0xffff_ffff}

// Filter is the program for an architecture, as Go names it; nil where there is
// none.
func Filter(arch string) []Instruction {
	m, ok := machines[arch]
	if !ok {
		return nil
	}
	filter := []Instruction{
		{load, 0, 0, architecture},
		{jump, 1, 0, m.audit},
		{answer, 0, 0, refuse},
		{load, 0, 0, number},
	}
	filter = append(filter, rule(m.clone, Instruction{common, 0, 1, namespaces})...)
	filter = append(filter, Instruction{jump, 0, 1, m.clone3}, Instruction{answer, 0, 0, unknown})
	filter = append(filter, rule(m.personality, oneOf(personalities)...)...)
	filter = append(filter, rule(m.socket, Instruction{jump, 1, 0, familyAlg}, Instruction{jump, 0, 1, familyVsock})...)
	for _, s := range m.allowed {
		filter = append(filter,
			Instruction{least, 1, 0, s.first}, Instruction{answer, 0, 0, refuse},
			Instruction{above, 1, 0, s.last}, Instruction{answer, 0, 0, allow})
	}
	return append(filter, Instruction{answer, 0, 0, unknown}) // is newer than the table: programs do without
}

// rule decides one system call by its first argument: the checks, behind which a
// refusal lies and then what allows, see it loaded.
func rule(call uint32, checks ...Instruction) []Instruction {
	all := []Instruction{{jump, 0, uint8(len(checks) + 3), call}, {load, 0, 0, argument}}
	return append(append(all, checks...), Instruction{answer, 0, 0, refuse}, Instruction{answer, 0, 0, allow})
}

// oneOf are the checks that allow some values.
func oneOf(values []uint32) (checks []Instruction) {
	for i, value := range values {
		checks = append(checks, Instruction{jump, uint8(len(values) - i), 0, value})
	}
	return checks
}
