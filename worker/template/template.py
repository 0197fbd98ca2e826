"""A template: an interpreter that has everything loaded and makes workers.

It never runs a function. Asked over its control socket, descriptor 3, it clones
itself into fresh namespaces. The clone is process 1 there: it makes the view of
the files, gives up every capability, forks the process that becomes the
function's, and stays to reap what that leaves behind. When the function's
process has ended so does process 1, and the kernel kills all the rest.

Nothing that differs from call to call may be loaded before the fork. What the
workers of a template have in common is their layout of memory and hash seed.
"""
import ctypes
import gc
import json
import os
import select
import signal
import sys

import _socket

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import bootstrap

sys.path.remove(HERE)  # found by nobody any more
del sys.modules["bootstrap"]

SYS_CLOSE_RANGE, SYS_OPEN_TREE, SYS_MOVE_MOUNT, SYS_CLONE3, SYS_MOUNT_SETATTR = 436, 428, 429, 435, 442
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
CLONE_PIDFD, CLONE_INTO_CGROUP = 0x1000, 0x200000000
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x20000, 0x08000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 28, 38
AT_FDCWD, AT_RECURSIVE, OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, MOVE_MOUNT_F_EMPTY_PATH = -100, 0x8000, 1, 0o2000000, 4
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
NO_ROOT = 1 << 0 | 1 << 1  # SECBIT_NOROOT and its lock

# It keeps the interpreter's lock: a template has one thread, and a clone too.
libc = ctypes.PyDLL(None, use_errno=True)


def call(function, *arguments):
    result = function(*arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def prctl(option, value):
    return libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


# Steps of a plan: see type Step of package sandbox.


def prepared(step, place):
    """Returns step as a function of the worker's directory, in bytes."""
    encoded = {key: value.encode() for key, value in step.items() if isinstance(value, str)}
    source, target, kind, data = (encoded.get(key) for key in ("source", "target", "type", "data"))
    flags, do, optional, place = step.get("flags", 0), STEPS[step["do"]], step.get("optional"), place.encode()

    def take(kept, directory):
        from_, to = source and source.replace(place, directory), target.replace(place, directory)
        try:
            do(kept, from_, to, kind, flags, data)
        except OSError as error:
            if not optional:
                raise OSError(error.errno, "%s %s: %s" % (step["do"], to.decode(), error.strerror)) from None

    return take


def do_mount(kept, source, target, kind, flags, data):
    call(libc.mount, source, target, kind, ctypes.c_ulong(flags), data)


def do_attr(kept, source, target, kind, flags, data):
    attributes = (ctypes.c_uint64 * 4)(flags)
    call(libc.syscall, SYS_MOUNT_SETATTR, AT_FDCWD, target, AT_RECURSIVE, attributes, ctypes.c_size_t(32))


def do_clone(kept, source, target, kind, flags, data):
    kept[target] = call(libc.syscall, SYS_OPEN_TREE, AT_FDCWD, target, OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC)


def do_move(kept, source, target, kind, flags, data):
    tree = kept.pop(source)
    call(libc.syscall, SYS_MOVE_MOUNT, tree, b"", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH)
    os.close(tree)


def do_mkdir(kept, source, target, kind, flags, data):
    try:
        os.mkdir(target, 0o755)
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(target, 0o755, exist_ok=True)


def do_file(kept, source, target, kind, flags, data):
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))


def do_symlink(kept, source, target, kind, flags, data):
    os.symlink(source, target)


def do_write(kept, source, target, kind, flags, data):
    file = os.open(target, os.O_WRONLY)
    try:
        os.write(file, data)
    finally:
        os.close(file)


def do_chdir(kept, source, target, kind, flags, data):
    os.chdir(target)


STEPS = {name[3:]: do for name, do in list(globals().items()) if name.startswith("do_")}


def up_loopback():
    """Makes 127.0.0.1 work in a network that was just made."""
    any_socket = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    try:
        request = ctypes.create_string_buffer(b"lo".ljust(16, b"\0") + (IFF_UP | IFF_RUNNING).to_bytes(2, sys.byteorder), 40)
        call(libc.ioctl, any_socket.fileno(), ctypes.c_ulong(SIOCSIFFLAGS), request)
    finally:
        any_socket.close()


# What no process here may ever gain, and what a worker may not have


def renounce_gains():
    for capability in range(64):
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_SET_SECUREBITS, NO_ROOT)
    call(prctl, PR_SET_NO_NEW_PRIVS, 1)


# Arguments are made beforehand: a clone copies every page that it writes to.
NO_RIGHTS = SYS_CAPSET[os.uname().machine], (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()


def renounce_all():
    call(libc.syscall, *NO_RIGHTS)


# Memory that every call writes to. A fork takes its own copies of it before its
# call, in some 90 system calls, rather than within it in hundreds of page faults at
# 2 to 3 µs each.

PAGE = os.sysconf("SC_PAGE_SIZE")
MADV_POPULATE_WRITE = 23  # Linux 5.14
EXCLUSIVE = 1 << 56  # in an entry of pagemap: no other process has the page
WIDEST_GAP = 3  # pages that are copied in vain to save a call


def written():
    """Returns calls that copy what a call writes to: what a trial wrote to."""
    from_trial, to_template = os.pipe()
    trial = os.fork()
    if trial == 0:
        try:
            prctl(PR_SET_DUMPABLE, 1)  # so that it may look at itself
            bootstrap.rehearse()
            os.write(to_template, json.dumps(own_pages()).encode())
        finally:
            os._exit(0)
    os.close(to_template)
    with open(from_trial, "rb") as told:
        ranges = json.loads(told.read() or b"[]")
    os.waitpid(trial, 0)
    return [(ctypes.c_void_p(first * PAGE), ctypes.c_size_t((end - first) * PAGE)) for first, end in ranges]


def own_pages():
    """Lists the pages that this process shares with no other, first and end of each range."""
    ranges = []
    with open("/proc/self/maps") as maps, open("/proc/self/pagemap", "rb", 0) as pages:
        for line in maps.read().splitlines():
            place, rights = line.split()[:2]
            if rights != "rw-p" or line.endswith("[stack]"):
                continue
            first, end = (int(address, 16) // PAGE for address in place.split("-"))
            pages.seek(first * 8)
            for number, entry in enumerate(memoryview(pages.read((end - first) * 8)).cast("Q"), first):
                if not entry & EXCLUSIVE:
                    continue
                if ranges and number - ranges[-1][1] <= WIDEST_GAP:
                    ranges[-1][1] = number + 1
                else:
                    ranges.append([number, number + 1])
    return ranges


class Template:
    def __init__(self, config):
        self.control = _socket.socket(fileno=3)
        os.set_inheritable(3, False)
        self.place = config["place"]
        self.steps = [prepared(step, self.place) for step in config["steps"]]
        self.flags = CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWPID
        if config["ipc"]:
            self.flags |= CLONE_NEWIPC
        if config["network"]:
            self.flags |= CLONE_NEWNET
        self.workers = {}  # id: process 1 of a worker
        self.ends = {}  # descriptor that tells of its end: id
        self.poll = select.poll()
        self.poll.register(self.control, select.POLLIN)
        self.written = []

    def tell(self, message):
        self.send(json.dumps(message).encode())

    def send(self, message):
        try:
            self.control.send(message)
        except OSError:
            os._exit(0)  # nobody listens any more

    def run(self):
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor == self.control.fileno():
                    self.take()
                else:
                    self.reap(descriptor)

    def take(self):
        space = _socket.CMSG_SPACE(16)
        data, passed, _, _ = self.control.recvmsg(64 << 10, space, _socket.MSG_CMSG_CLOEXEC)
        if not data:
            os._exit(0)
        files = [int.from_bytes(part[at:at + 4], sys.byteorder) for _, _, part in passed for at in range(0, len(part), 4)]
        message = json.loads(data)
        if "kill" in message:
            if message["kill"] in self.workers:
                os.kill(self.workers[message["kill"]], signal.SIGKILL)
        else:
            try:
                self.fork(message, files)
            except OSError as error:
                self.tell({"id": message["id"], "error": str(error)})
        for file in files:
            os.close(file)

    def fork(self, message, files):
        end = ctypes.c_int(-1)
        arguments = (ctypes.c_uint64 * 11)(self.flags, ctypes.addressof(end), 0, 0, signal.SIGCHLD)
        if message.get("group") == 2:
            arguments[0] |= CLONE_INTO_CGROUP
            arguments[10] = files[3]
        # Nothing is to be done about locks: there is one thread.
        pid = call(libc.syscall, SYS_CLONE3, arguments, ctypes.c_size_t(88))
        if pid == 0:
            try:
                self.become_init(message, files)
            except BaseException as error:
                self.tell({"id": message["id"], "error": str(error)})
            os._exit(1)
        self.workers[message["id"]] = pid
        self.ends[end.value] = message["id"]
        self.poll.register(end.value, select.POLLIN)
        self.send(b'{"id":%d,"pid":%d}' % (message["id"], pid))

    def reap(self, end):
        self.poll.unregister(end)
        os.close(end)
        worker = self.ends.pop(end)
        _, status = os.waitpid(self.workers.pop(worker), 0)
        self.send(b'{"id":%d,"gone":%d}' % (worker, status))

    # In the clone

    def become_init(self, message, files):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if message.get("group") == 1:
            os.write(files[3], b"0")
        function = os.fork()
        if function == 0:
            self.become_function(message, files)
        renounce_all()
        for file in files:
            os.close(file)
        while True:
            pid, status = os.waitpid(-1, 0)
            if pid == function:
                self.send(b'{"id":%d,"status":%d}' % (message["id"], status))
                os._exit(0)

    # In the process that the clone forks

    def become_function(self, message, files):
        for start, length in self.written:
            libc.madvise(start, length, MADV_POPULATE_WRITE)  # what it cannot do the faults will
        try:
            self.enter(message["dir"].encode())
            os.chdir(message["code"])
            set_environment(message["env"])
            reseed()
            os.setsid()
            prctl(PR_SET_DUMPABLE, 1)
            os.dup2(files[1], 1)
            os.dup2(files[2], 2)
            stream = bootstrap.Stream(files[0])
            close_all_but(stream.fd)
            gc.enable()
        except BaseException as error:
            self.tell({"id": message["id"], "error": str(error)})
            os._exit(1)
        bootstrap.serve(stream)

    def enter(self, directory):
        if self.flags & CLONE_NEWNET:
            up_loopback()
        kept = {}
        for step in self.steps:
            step(kept, directory)
        renounce_all()


def set_environment(wanted):
    for name in [name for name in os.environ if name not in wanted]:
        del os.environ[name]
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def close_all_but(kept):
    for first, last in ((3, kept - 1), (kept + 1, 2**31 - 1)):
        if libc.syscall(SYS_CLOSE_RANGE, first, last, 0) != 0:
            os.closerange(first, min(last, 1 << 16))


def reseed():
    """What preloaded modules chose at random must differ from call to call.

    Modules random, secrets, uuid and ssl see to it themselves.
    """
    if "tempfile" in sys.modules:
        sys.modules["tempfile"].tempdir = None
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def threads():
    return len(os.listdir("/proc/self/task"))


def leave_threads(control):
    """Goes on without the threads that a preloaded module has started.

    A clone would lack them without being told; after a fork, libraries that
    have threads know.
    """
    child = os.fork()
    if child:
        control.close()
        os.closerange(3, 256)
        os._exit(os.waitpid(child, 0)[1] and 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if threads() > 1:
        raise RuntimeError("a preloaded module starts threads")


def main():
    config = json.loads(sys.argv[1])
    sys.argv[:] = [""]
    template = Template(config)
    try:
        prctl(PR_SET_DUMPABLE, 0)
        renounce_gains()
        bootstrap.prepare(config["modules"], config["preload"])
        if threads() > 1:
            leave_threads(template.control)
    except BaseException as error:
        template.tell({"error": "%s: %s" % (type(error).__name__, error)})
        os._exit(1)
    gc.collect()
    gc.disable()
    gc.freeze()
    template.written = written()
    template.tell({"ready": bootstrap.VERSION})
    template.run()


main()
