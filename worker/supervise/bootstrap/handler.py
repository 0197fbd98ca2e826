# Finding the handler

# What is taken for the default handler where that is missing.
CANDIDATES = {
    "handler": ("handler", "lambda_handler"),
    "lambda_function": ("lambda_handler", "handler"),
    "main": ("handler", "lambda_handler", "main"),
    "index": ("handler", "lambda_handler"),
    "app": ("handler", "lambda_handler"),
}

CO_COROUTINE = 0x80  # as in inspect, which takes long to import

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
    return handler, plain_function(handler, found)


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
    name = there[0] + "." + names[0]
    return name, plain_function(name, getattr(module, names[0]))


def plain_function(handler, found):
    """Refuses what cannot be called, and what a call would only begin."""
    if not callable(found):
        raise Failure("Invalid", "handler %r: it is no function" % handler)
    if getattr(getattr(found, "__code__", None), "co_flags", 0) & CO_COROUTINE:
        raise Failure("Invalid", "handler %r: it is async; a python handler is a plain function, which may call asyncio.run" % handler)
    return found


def imported(handler, parts):
    name = ".".join(parts)
    try:
        with functions_own:
            __import__(name)
    except ModuleNotFoundError as error:
        # The module itself, or something that it imports?
        if error.name and (name + ".").startswith(error.name + ".") and not trace(error):
            raise Failure("Invalid", "handler %r: there is no module %s" % (handler, name)) from None
        raise
    return sys.modules[name]
