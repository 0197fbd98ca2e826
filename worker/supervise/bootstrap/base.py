"""The python side of a worker: waits for one function, calls it once, ends.

It speaks the frames of package frame on descriptor 3 with fn-worker, which
unpacks the code, limits it and carries everything further. What the function
prints goes to the ordinary descriptors 1 and 2, which are log.

The files of this directory are one module, put together: this one comes first.
"""
import _imp
import _signal
import builtins
import os
import resource
import sys
import time

# A function may replace what modules hold; these stay.
from json import dumps, loads
from os import _exit, getpid, urandom, write

VERSION = "%d.%d.%d" % sys.version_info[:3]


class Failure(Exception):
    def __init__(self, kind, message, function=None):
        self.kind, self.message, self.function = kind, message, function


class Worker:
    """What the parts share."""

    code = ""
    request = ""
    standard = 0  # how many places of sys.path are the standard library's
