# What the handler is given


class Identity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """The context of AWS Lambda."""

    def __init__(self, call):
        env = os.environ
        self.aws_request_id = call["id"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        self.invoked_function_arn = "arn:fn:local:::function:%s:%s" % (self.function_name, self.function_version)
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity()
        self.client_context = None
        limit = call.get("timeout_millis")
        self._ends = time.monotonic() + limit / 1000 if limit else None

    def get_remaining_time_in_millis(self):
        if self._ends is None:
            return 2**31 - 1  # there is no limit
        return max(0, int((self._ends - time.monotonic()) * 1000))

    def log(self, message):
        # On the stream of what is logged, so that the two are in order.
        text = str(message)
        sys.stderr.write(text if text.endswith("\n") else text + "\n")


def take_event(stream, raw):
    parts = []
    while True:
        kind, payload = stream.read()
        if kind == EVENT_END:
            break
        parts.append(payload)
    event = b"".join(parts)
    if raw:
        return event
    try:
        return loads(event)
    except (ValueError, RecursionError) as error:
        raise Failure("Invalid", "the event is not JSON: %s" % text_of(error)) from None
