// Protogen compiles .proto files to Go beside them, with no compiler to install:
// protocompile parses, the pinned protoc-gen-go and protoc-gen-go-grpc write.
//
//	go run ./tools/protogen DIR AS FILE.proto...
//
// The files lie in DIR and are registered under the path AS, which is theirs
// alone: two files of one name in a process would end it at its start.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: protogen DIR AS FILE.proto...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "protogen:", err)
		os.Exit(1)
	}
}

// run compiles files of dir, registered below as, and writes what is generated
// into out.
func run(dir, out, as string, names []string) error {
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
			Accessor: func(name string) (io.ReadCloser, error) {
				if path.Dir(name) != as {
					return nil, fs.ErrNotExist
				}
				return os.Open(filepath.Join(dir, path.Base(name)))
			},
		}),
		SourceInfoMode: protocompile.SourceInfoStandard, // comments become Go comments
	}
	files := make([]string, len(names))
	for i, name := range names {
		files[i] = path.Join(as, name)
	}
	compiled, err := compiler.Compile(context.Background(), files...)
	if err != nil {
		return err
	}
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: files,
		Parameter:      proto.String("paths=source_relative"),
	}
	for _, f := range compiled {
		request.ProtoFile = append(request.ProtoFile, protoutil.ProtoFromFileDescriptor(f))
	}
	input, err := proto.Marshal(request)
	if err != nil {
		return err
	}
	for _, generator := range []string{"protoc-gen-go", "protoc-gen-go-grpc"} {
		if err := generate(out, generator, input); err != nil {
			return fmt.Errorf("%s: %w", generator, err)
		}
	}
	return nil
}

// generate runs one code generator and writes what it answers into out.
func generate(out, generator string, input []byte) error {
	var output bytes.Buffer
	cmd := exec.Command("go", "tool", generator)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &output, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	var response pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(output.Bytes(), &response); err != nil {
		return err
	}
	if response.Error != nil {
		return fmt.Errorf("%s", response.GetError())
	}
	for _, file := range response.File {
		if err := os.WriteFile(filepath.Join(out, path.Base(file.GetName())), []byte(file.GetContent()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
