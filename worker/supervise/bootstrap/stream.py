# Frames to and from fn-worker

HELLO, INJECT, ACK, CALL, EVENT, EVENT_END, RESULT, END = 1, 2, 5, 6, 7, 8, 10, 11
CHUNK = 256 << 10


class Stream:
    """Frames to and from fn-worker."""

    def __init__(self, fd):
        # Away from the low numbers that careless code closes or writes to.
        self.fd = os.dup2(fd, 250, inheritable=False)
        os.close(fd)
        self.source = open(self.fd, "rb", buffering=64 << 10, closefd=False)

    def read(self):
        header = self.source.read(5)
        if len(header) < 5:
            _exit(0)  # fn-worker is gone
        return header[0], self.source.read(int.from_bytes(header[1:], "big"))

    def expect(self, wanted):
        kind, payload = self.read()
        if kind != wanted:
            _exit(70)
        return loads(payload)

    def write(self, kind, payload):
        left = memoryview(bytes((kind,)) + len(payload).to_bytes(4, "big") + payload)
        while left:
            left = left[write(self.fd, left):]

    def tell(self, kind, message):
        self.write(kind, dumps(message).encode())
