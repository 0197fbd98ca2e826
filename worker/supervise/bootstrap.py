"""The python side of a worker: waits for one function, calls it once, ends.

It speaks the frames of package frame on descriptor 3 with fn-worker, which
unpacks the code, limits it and carries everything further. What the function
prints goes to the ordinary descriptors 1 and 2, which are log.
"""
import _imp
import _signal
import os
import resource
import sys
import time

# A function may replace what modules hold; these stay.
from json import dumps, loads
from os import _exit, getpid, urandom, write

VERSION = "%d.%d.%d" % sys.version_info[:3]
HELLO, INJECT, ACK, CALL, EVENT, EVENT_END, RESULT, END = 1, 2, 5, 6, 7, 8, 10, 11
CHUNK = 256 << 10
LONGEST_TEXT = 64 << 10  # of an error's message
DEEPEST_TRACE = 50  # entries of a stack trace

# What is taken for the default handler where that is missing.
CANDIDATES = {
    "handler": ("handler", "lambda_handler"),
    "lambda_function": ("lambda_handler", "handler"),
    "main": ("handler", "lambda_handler", "main"),
    "index": ("handler", "lambda_handler"),
    "app": ("handler", "lambda_handler"),
}


class Failure(Exception):
    def __init__(self, kind, message, function=None):
        self.kind, self.message, self.function = kind, message, function


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


# Finding the handler


SUFFIXES = [".py", ".pyc", "/__init__.py"] + _imp.extension_suffixes()


def is_module(code, parts):
    base = "/".join((code, *parts))
    return any(os.path.isfile(base + suffix) for suffix in SUFFIXES)


def load(code, handler, default):
    """Imports the handler's module; returns its full name and the callable."""
    parts = handler.replace("/", ".").split(".")
    if len(parts) < 2 or "" in parts:
        raise Failure("Invalid", "handler %r: it must be MODULE.FUNCTION" % handler)
    if handler == default:
        return load_default(code, handler)
    # The longest module of the code; what is left names an attribute of it.
    for cut in range(len(parts) - 1, 0, -1):
        if is_module(code, parts[:cut]):
            break
    else:
        cut = len(parts) - 1
    found = imported(handler, parts[:cut])
    for name in parts[cut:]:
        if not hasattr(found, name):
            raise Failure("Invalid", "handler %r: %s has no %s" % (handler, ".".join(parts[:cut]), ".".join(parts[cut:])))
        found = getattr(found, name)
    if not callable(found):
        raise Failure("Invalid", "handler %r: it is no function" % handler)
    return handler, found


def load_default(code, handler):
    there = ["handler"] if is_module(code, ["handler"]) else [m for m in CANDIDATES if is_module(code, [m])]
    if not there:
        raise Failure("Invalid", "handler %r: there is no handler.py in the code" % handler)
    if len(there) > 1:
        raise Failure("Invalid", "handler %r: there is no handler.py, and %s may each be meant" % (handler, " and ".join(m + ".py" for m in there)))
    module = imported(handler, there)
    names = [n for n in CANDIDATES[there[0]] if callable(getattr(module, n, None))]
    if not names:
        raise Failure("Invalid", "handler %r: %s.py has no function %s" % (handler, there[0], CANDIDATES[there[0]][0]))
    return there[0] + "." + names[0], getattr(module, names[0])


def imported(handler, parts):
    name = ".".join(parts)
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        # The module itself, or something that it imports?
        if error.name and (name + ".").startswith(error.name + ".") and not trace(error):
            raise Failure("Invalid", "handler %r: there is no module %s" % (handler, name)) from None
        raise
    return sys.modules[name]


# Telling what the function raised


def trace(error):
    """The stack of the user's code, innermost last, with paths within the code."""
    import traceback

    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__ and not f.filename.startswith("<frozen importlib")]
    root = os.path.join(Worker.code, "")
    lines = traceback.StackSummary.from_list(frames[-DEEPEST_TRACE:]).format()
    return [line.replace('File "' + root, 'File "')[:4096] for line in lines]


def text_of(error):
    try:
        return str(error)[:LONGEST_TEXT]
    except BaseException:
        return "(its text cannot be told)"


def failure_of(error, doing):
    """What raised error becomes for the caller. doing is "" or what was tried."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, MemoryError):
        return Failure("OutOfMemory", "the function ran out of memory")
    function = {"errorMessage": text_of(error), "errorType": type(error).__name__}
    message = "%s: %s" % (function["errorType"], function["errorMessage"])
    if isinstance(error, SystemExit):
        message = "the function called sys.exit(%s)" % ("" if error.code is None else text_of(error))
        status = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        function = {"errorMessage": message, "errorType": "Runtime.ExitError", "exitStatus": status & 0xFF}
    elif isinstance(error, SyntaxError):
        function["errorMessage"] = "%s (%s, line %s)" % (error.msg, os.path.basename(error.filename or "?"), error.lineno)
        message = "%s: %s" % (function["errorType"], function["errorMessage"])
    function["stackTrace"] = trace(error)
    return Failure("FunctionFailed", doing + message, function)


# The call


class Identity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """The context of AWS Lambda."""

    def __init__(self, call):
        env = os.environ
        self.aws_request_id = call["id"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        self.invoked_function_arn = "arn:fn:local:::function:%s:%s" % (self.function_name, self.function_version)
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity()
        self.client_context = None
        limit = call.get("timeout_millis")
        self._ends = time.monotonic() + limit / 1000 if limit else None

    def get_remaining_time_in_millis(self):
        if self._ends is None:
            return 2**31 - 1  # there is no limit
        return max(0, int((self._ends - time.monotonic()) * 1000))

    def log(self, message):
        # On the stream of what is logged, so that the two are in order.
        text = str(message)
        sys.stderr.write(text if text.endswith("\n") else text + "\n")


def take_event(stream, raw):
    parts = []
    while True:
        kind, payload = stream.read()
        if kind == EVENT_END:
            break
        parts.append(payload)
    event = b"".join(parts)
    if raw:
        return event
    try:
        return loads(event)
    except (ValueError, RecursionError) as error:
        raise Failure("Invalid", "the event is not JSON: %s" % text_of(error)) from None


class Decimals:
    """Decimals among what is packed: each one's own digits are the JSON number."""

    def __init__(self):
        self.mark, self.texts = None, []

    def default(self, value):
        """What a value that is no JSON becomes: a decimal the mark of its place."""
        decimal = sys.modules.get("decimal")
        if not decimal or not isinstance(value, decimal.Decimal):
            raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
        if self.mark is None:
            self.mark = urandom(16).hex()  # which no text of the function can hold
        self.texts.append("NaN" if decimal.Decimal.is_nan(value) else decimal.Decimal.__str__(value))
        return self.mark

    def put_into(self, text):
        if self.mark is None:
            return text
        between = text.split('"%s"' % self.mark)
        return "".join(part for pair in zip(between, self.texts + [""]) for part in pair)


def json_of(result, ensure_ascii):
    decimals = Decimals()
    # Infinity and NaN are no JSON, and go out as on AWS Lambda all the same.
    return decimals.put_into(dumps(result, ensure_ascii=ensure_ascii, default=decimals.default)).encode()


def bytes_of(result):
    if result is None:
        return b""
    if isinstance(result, str):
        return result.encode()
    try:
        return bytes(memoryview(result))
    except TypeError:
        raise unpackable("bytes but %s" % type(result).__name__) from None


def packed(result, raw):
    try:
        if raw or isinstance(result, (bytes, bytearray)):
            return bytes_of(result)
        try:
            return json_of(result, False)
        except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can carry
            return json_of(result, True)
    except (TypeError, ValueError, RecursionError) as error:
        raise unpackable("%s: %s" % ("bytes" if raw else "JSON", text_of(error))) from None


def unpackable(what):
    message = "the result is not " + what
    return Failure("FunctionFailed", message, {"errorMessage": message, "errorType": "Runtime.MarshalError", "stackTrace": []})


def run(stream, handler, call):
    raw = call.get("raw", False)
    event = take_event(stream, raw)
    Worker.request = call["id"]
    result, limit = handler(event, Context(call)), call["max_result_bytes"]
    # To pack a text only makes it longer, and can take much time and memory.
    if not isinstance(result, (str, bytes, bytearray)) or len(result) <= limit:
        result = packed(result, raw)
    if len(result) > limit:
        raise Failure("ResourceExhausted", "the result is larger than %d MiB" % (limit >> 20))
    return result


# The interpreter's own packages


class LateSite:
    """Sets up package site at the first import that finds nothing without it.

    The worker starts with -S: the .pth files of site-packages can take several
    times as long as all the rest of an interpreter's start, and most functions
    bring what they need or need nothing.
    """

    def find_spec(self, name, path=None, target=None):
        sys.meta_path.remove(self)
        import site

        site.main()
        return next(filter(None, (f.find_spec(name, path, target) for f in sys.meta_path)), None)


def add_packages(directories):
    """Puts installed packages behind the standard library."""
    for directory in directories:
        if any(name.endswith(".pth") for name in os.listdir(directory)):
            import site

            site.addsitedir(directory)
        else:
            sys.path.append(directory)


def site_builtins():
    """What package site puts among the builtins and functions are known to use."""
    import builtins
    from _sitebuiltins import Quitter

    builtins.exit, builtins.quit = Quitter("exit", "EOF"), Quitter("quit", "EOF")


# The log


class LogSetup:
    """Gives the root logger a handler, like AWS Lambda, once logging is imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        spec = next(filter(None, (f.find_spec(name, path, target) for f in sys.meta_path)))
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            self.install(module)

        spec.loader.exec_module = exec_module
        return spec

    def install(self, logging):
        class RequestFilter(logging.Filter):
            def filter(self, record):
                record.aws_request_id = Worker.request
                return True

        formatter = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(formatter)
        handler.addFilter(RequestFilter())
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(logging.INFO)


def flush():
    for file in (sys.stdout, sys.stderr):
        try:
            file.flush()
        except BaseException:
            pass  # closed by the function


class Worker:
    """What the parts above share."""

    code = ""
    request = ""
    standard = 0  # how many places of sys.path are the standard library's


def default_signals():
    for number in range(1, 32):
        handler = _signal.getsignal(number)
        if number == _signal.SIGINT or handler == _signal.SIG_IGN and number not in (_signal.SIGPIPE, _signal.SIGXFSZ):
            _signal.signal(number, _signal.SIG_DFL)


def rehearse():
    """Goes the way of a call once: the first time costs 1 to 3 ms more."""
    place = os.environ["TMPDIR"]
    path = os.path.join(place, "fn_rehearsal.py")
    with open(path, "w") as file:
        file.write("def handler(event, context):\n    return event\n")
    sys.path.insert(0, place)
    _, handler = load(place, "fn_rehearsal.handler", "")
    packed(handler(loads(b'{"a": [1, "b"]}'), None), False)
    os.remove(path)
    del sys.path[0], sys.modules["fn_rehearsal"], sys.path_importer_cache[place]


def initialise(stream):
    function = stream.expect(INJECT)
    if function.get("data_limit"):
        resource.setrlimit(resource.RLIMIT_DATA, (function["data_limit"],) * 2)
    Worker.code = function["code"]
    os.environ.update(function["env"])
    if "TZ" in os.environ:
        time.tzset()
    of_runtime = sys.path[Worker.standard:]
    del sys.path[Worker.standard:]
    add_packages(function.get("modules", []))
    sys.path += of_runtime
    sys.path.insert(0, Worker.code)
    sys.argv = [""]
    name, handler = load(Worker.code, function["handler"], function["default_handler"])
    os.environ["_HANDLER"] = name
    return name, handler


def finish(stream, pid, outcome):
    """Sends the last frames. A fork of the function that got here ends silently."""
    if getpid() == pid:
        flush()
        if isinstance(outcome, Failure):
            failure = {"kind": outcome.kind, "message": outcome.message}
            if outcome.function:
                failure["function"] = outcome.function
            stream.tell(END, {"failure": failure})
        else:
            for start in range(0, len(outcome), CHUNK):
                stream.write(RESULT, outcome[start:start + CHUNK])
            stream.tell(END, {})
    _exit(0)


def prepare(modules, preload):
    """Makes the interpreter what a function expects. It may take its time."""
    sys.modules["__main__"] = type(sys)("__main__")  # the function's, and empty
    for file in (sys.stdout, sys.stderr):
        file.reconfigure(line_buffering=True, errors="backslashreplace")
    default_signals()
    sys.meta_path.insert(0, LogSetup())
    sys.meta_path.append(LateSite())
    site_builtins()
    Worker.standard = len(sys.path)
    add_packages(filter(None, modules.split(os.pathsep)))
    for module in filter(None, preload.split(",")):
        __import__(module)
    rehearse()


def serve(stream):
    """Waits for the function and its call, and ends the process."""
    pid = getpid()
    stream.tell(HELLO, {"version": VERSION})
    try:
        name, handler = initialise(stream)
    except BaseException as error:
        finish(stream, pid, failure_of(error, "the code failed to load: "))
    if getpid() != pid:
        _exit(0)
    flush()
    stream.tell(ACK, {"handler": name})
    try:
        outcome = run(stream, handler, stream.expect(CALL))
    except BaseException as error:
        outcome = failure_of(error, "")
    finish(stream, pid, outcome)


def main():
    stream = Stream(3)
    try:
        prepare(sys.argv[2], sys.argv[1])
    except BaseException as error:
        finish(stream, getpid(), failure_of(error, "preparing: "))
    serve(stream)


if __name__ == "__main__":
    main()
