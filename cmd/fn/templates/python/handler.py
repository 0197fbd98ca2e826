def handler(event, context):
    """Called with the event, decoded from JSON; what it returns becomes JSON."""
    name = event.get("name", "world")
    print(f"greeting {name}")  # a log line: it never mixes with the result
    return {"message": f"Hello, {name}!"}
