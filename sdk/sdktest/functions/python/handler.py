"""The suite's function: the event is {"verb": ..., "arg": ...}, a verb and its argument."""

import os
import subprocess
import sys
import time


def handler(event, context):
    return VERBS[event["verb"]](event["arg"])


def echo(event, context):
    return event


def count(event, context):
    return str(len(event) + 2)  # the quotes of a JSON string


def version(arg):
    with open(os.path.join(os.path.dirname(__file__), "version")) as file:
        return file.read()


def show(arg):
    print(arg)
    print(arg, file=sys.stderr)
    return "printed"


def later(arg):
    print("begun", flush=True)
    time.sleep(2)
    return arg


def sleep(arg):
    print("begun", flush=True)
    subprocess.run(["sleep", arg])
    return "over"


def fail(arg):
    raise ValueError(arg)


def grow(arg):
    kept = b"x" * 1024
    while True:
        kept += kept


VERBS = {
    "version": version,
    "say": lambda arg: arg,
    "print": show,
    "env": lambda arg: os.environ.get(arg, ""),
    "later": later,
    "sleep": sleep,
    "fail": fail,
    "big": lambda arg: "a" * (int(arg) - 2),  # and two quotes
    "grow": grow,
}
