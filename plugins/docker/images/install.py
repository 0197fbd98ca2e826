"""Runs pip as plan.json says, in the code beside it.

It is process 1 of a container whose standard input is held by the one who wants
the packages: when that one is gone, all ends.
"""
import importlib.util
import json
import os
import subprocess
import sys
import threading


def end_with_owner():
    sys.stdin.buffer.read()
    os._exit(1)


def run(plan, arguments):
    """Returns pip's status and whether the next way to install may do better."""
    command = [sys.executable, "-I", "-m", "pip"] + arguments
    child = subprocess.Popen(
        command, cwd=plan["code"], env=dict(os.environ, **plan["env"]),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    again = False
    for line in child.stdout:
        again = again or plan["again"].encode() in line
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    return child.wait(), again


here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "plan.json"), encoding="utf-8") as f:
    plan = json.load(f)
if importlib.util.find_spec("pip") is None:
    sys.exit(plan["missing"])
threading.Thread(target=end_with_owner, daemon=True).start()
for arguments in plan["ways"]:
    status, again = run(plan, arguments)
    if status == 0 or not again:
        break
os._exit(0 if status == 0 else 1)
