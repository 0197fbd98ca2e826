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
