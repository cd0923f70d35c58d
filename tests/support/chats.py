"""What a chat keeps, made for tests: the record of a keyboard, and where a conversation stands."""

from bot.telegram.chats.contract import Post, SavedScreen


def kept(key="k", **changed):
    values = {"chat": 5, "topic": 0, "person": 7, "asked": 11, "kind": "answer", "payload": {"a": 1}} | changed
    return SavedScreen(id=key, **values)


def post(message, **changed):
    values = {"article": "a", "start": 0, "length": 80} | changed
    return Post(message, **values)


def turn(question, **more):
    return {"history": question.split(), "chosen": [], "reply": question} | more
