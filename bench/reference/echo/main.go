// Echo sends every line that comes to its unix socket back. To fn it is a host
// that answers a call at once: what such a call takes is fn's own time. It ends
// with its standard input.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
)

func main() {
	l, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	go serve(l)
	io.Copy(io.Discard, os.Stdin)
}

func serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go answer(conn)
	}
}

func answer(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if strings.HasPrefix(line, "POST ") {
			if call(conn, in) != nil {
				return
			}
			continue
		}
		io.WriteString(conn, line)
	}
}

// result is what every call returns, as the function hello does.
const result = `"hello"`

// call answers the upgrade and the frames of one call as the host does.
func call(conn net.Conn, in *bufio.Reader) error {
	for line := ""; line != "\r\n"; {
		var err error
		if line, err = in.ReadString('\n'); err != nil {
			return err
		}
	}
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: fn-frames/1\r\n\r\n")
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return err
		}
		n := binary.BigEndian.Uint32(head[1:])
		if _, err := in.Discard(int(n)); err != nil {
			return err
		}
		if head[0] == 'E' && n == 0 {
			break
		}
	}
	conn.Write(frame('R', result))
	conn.Write(frame('X', "")) // all went well
	return nil
}

func frame(kind byte, payload string) []byte {
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload)))
	return append(head, payload...)
}
