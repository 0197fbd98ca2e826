# Telling what the function raised

LONGEST_TEXT = 64 << 10  # of an error's message
DEEPEST_TRACE = 50  # entries of a stack trace


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
