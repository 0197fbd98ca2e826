# What takes long to import, in a form that is the same on every machine.
import time

time.sleep(0.3)


def handler(event, context):
    return "hello"
