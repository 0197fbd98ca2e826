# What the handler returned


class Decimals:
    """Decimals among what is packed: each one's own digits are the JSON number."""

    def __init__(self):
        self.mark, self.texts = None, []

    def default(self, value):
        """What a value that is no JSON becomes: a decimal the mark of its place."""
        decimal = sys.modules.get("decimal")
        if not decimal or not isinstance(value, decimal.Decimal):
            raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
        if self.mark is None:
            self.mark = urandom(16).hex()  # which no text of the function can hold
        self.texts.append("NaN" if decimal.Decimal.is_nan(value) else decimal.Decimal.__str__(value))
        return self.mark

    def put_into(self, text):
        if self.mark is None:
            return text
        between = text.split('"%s"' % self.mark)
        return "".join(part for pair in zip(between, self.texts + [""]) for part in pair)


def json_of(result, ensure_ascii):
    decimals = Decimals()
    # Infinity and NaN are no JSON, and go out as on AWS Lambda all the same.
    return decimals.put_into(dumps(result, ensure_ascii=ensure_ascii, default=decimals.default)).encode()


def bytes_of(result):
    if result is None:
        return b""
    if isinstance(result, str):
        return result.encode()
    try:
        return bytes(memoryview(result))
    except TypeError:
        raise unpackable("bytes but %s" % type(result).__name__) from None


def packed(result, raw):
    try:
        if raw or isinstance(result, (bytes, bytearray)):
            return bytes_of(result)
        try:
            return json_of(result, False)
        except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can carry
            return json_of(result, True)
    except (TypeError, ValueError, RecursionError) as error:
        raise unpackable("%s: %s" % ("bytes" if raw else "JSON", text_of(error))) from None


def unpackable(what):
    message = "the result is not " + what
    return Failure("FunctionFailed", message, {"errorMessage": message, "errorType": "Runtime.MarshalError", "stackTrace": []})
