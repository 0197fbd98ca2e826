# The builtins

BUILTINS = builtins.__dict__
ORIGINAL = BUILTINS.copy()


class FunctionsOwn:
    """Within it the builtins are what the function made of them.

    Everywhere else they are python's own, for this module and all that it uses:
    a function may replace any of them, and its reply is still what it returned.
    """

    def __init__(self):
        self.left = {}  # as the function's code left them

    def __enter__(self):
        BUILTINS.update(self.left)

    def __exit__(self, *error):
        # None of them is called before they are back.
        self.left = BUILTINS.copy()
        BUILTINS.update(ORIGINAL)


functions_own = FunctionsOwn()
