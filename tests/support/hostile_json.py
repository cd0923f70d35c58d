"""JSON that no honest program sends: whoever reads JSON from outside refuses it, and goes on."""

DEEP = 100_000

NO_JSON = {
    "nothing": b"",
    "half": b'{"update_id": 1',
    "no UTF-8": b'{"update_id": 1, "x": "\xff\xfe"}',
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "deep and closed": b'{"update_id": 1, "message": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "as deep as Python's own stack": b'{"update_id": 1, "message": ' + b"[" * 940 + b"]" * 940 + b"}",
    "a number of 5,000 digits": b'{"update_id": ' + b"9" * 5_000 + b"}",
}
"""What cannot be read at all, or not within bounds."""

NO_UPDATE = {
    "a list": b"[1]",
    "a text": b'"x"',
    "null": b"null",
    "no id": b'{"message": {}}',
    "an id of a hundred digits": b'{"update_id": 1' + b"0" * 100 + b"}",
    "an id that is just too large": b'{"update_id": 9223372036854775808}',
    "an id below nothing": b'{"update_id": -1}',
    "an id that is true": b'{"update_id": true}',
    "an id with a fraction": b'{"update_id": 1.5}',
    "an id beyond all numbers": b'{"update_id": 1e999}',
    "an id that is a text": b'{"update_id": "1"}',
    "an id that is a list": b'{"update_id": [1]}',
}
"""What is JSON, but has no id of an update."""

ODD_UPDATES = {
    "half a pair": b'{"update_id": 91, "message": {"text": "\\ud800", "chat": {"id": "x"}}}',
    "a message that is a number": b'{"update_id": 92, "message": 3}',
    "a chat of a hundred digits": b'{"update_id": 93, "message": {"message_id": 1, "date": 1, "text": "x", "chat": '
    b'{"id": 1' + b"0" * 100 + b', "type": "private"}}}',
    "a date beyond the calendar": b'{"update_id": 94, "message": {"message_id": 1, "date": 99999999999999999, "chat": '
    b'{"id": 7, "type": "private"}}}',
    "numbers beyond all numbers": b'{"update_id": 95, "message": {"message_id": NaN, "date": Infinity}}',
    "a kind that nobody knows": b'{"update_id": 96, "wedding": {"who": [[[]]]}}',
    "everything of another type": b'{"update_id": 97, "message": {"message_id": [], "date": {}, "chat": 0}}',
}
"""What has an id, and is strange otherwise."""
