package protocol

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// enum is a generated protobuf enumeration.
type enum interface {
	~int32
	protoreflect.Enum
}

// The Go interface spells enumerations as words ("live"), protobuf as prefixed
// constants (LOG_DELIVERY_LIVE); UNSPECIFIED is the empty word. The prefix is
// that of the zero value, so the two spellings cannot drift apart.

// Word is the Go spelling of a protobuf value; one that this version does not
// know is the empty word.
func Word[W ~string, E enum](e E) W {
	value := e.Descriptor().Values().ByNumber(e.Number())
	if value == nil || value.Number() == 0 {
		return ""
	}
	return W(strings.ToLower(strings.TrimPrefix(string(value.Name()), prefix(e))))
}

// Enum is the protobuf spelling of a word; an unknown word is UNSPECIFIED.
func Enum[E enum, W ~string](w W) E {
	var zero E
	name := prefix(zero) + strings.ToUpper(string(w))
	if value := zero.Descriptor().Values().ByName(protoreflect.Name(name)); value != nil {
		return E(value.Number())
	}
	return zero
}

func prefix(e protoreflect.Enum) string {
	zero := e.Descriptor().Values().ByNumber(0)
	return strings.TrimSuffix(string(zero.Name()), "UNSPECIFIED")
}
