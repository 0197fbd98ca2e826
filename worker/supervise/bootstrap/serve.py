# One function and one call


def run(stream, handler, call):
    raw = call.get("raw", False)
    event = take_event(stream, raw)
    Worker.request = call["id"]
    context, limit = Context(call), call["max_result_bytes"]
    with functions_own:
        result = handler(event, context)
    # To pack a text only makes it longer, and can take much time and memory.
    if not isinstance(result, (str, bytes, bytearray)) or len(result) <= limit:
        result = packed(result, raw)
    if len(result) > limit:
        raise Failure("ResourceExhausted", "the result is larger than %d MiB" % (limit >> 20))
    return result


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


def serve(stream):
    """Waits for the function and its call, and ends the process."""
    try:
        answer(stream)
    finally:
        _exit(1)  # the function left too little to answer with


def answer(stream):
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
