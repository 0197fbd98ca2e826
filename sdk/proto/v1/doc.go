// Package componentv1 is the contract between host and plugin as Go code,
// generated from component.proto beside it, which is the contract itself and
// serves plugins in any language. In Go, packages sdk and sdk/wire are to be
// used instead.
package componentv1

//go:generate go run ../../../tools/protogen . fn/component/v1 component.proto
