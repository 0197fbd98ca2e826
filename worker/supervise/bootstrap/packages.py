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
    from _sitebuiltins import Quitter

    builtins.exit, builtins.quit = Quitter("exit", "EOF"), Quitter("quit", "EOF")
