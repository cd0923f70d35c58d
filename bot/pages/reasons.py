"""Say in the reader's language why a reply has its verdict (pure), from the code and the values of its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from index import Reply
from index.asking.reasons import SENTENCES
from index.errors import Fault, SourceError, UnsupportedLanguage
from index.model import Card
from index.verdicts import UNREAD, Reason, ReasonCode, UnreadArticle, explain_unread, translatable

from ..translation import ENGLISH, get_language, gettext, join_words, name_language, ngettext, write_number

_LACKS = translatable("The closest sentence speaks of {words:and}, but this is missing: {wanted}.")
_LACKS_OF = translatable("The closest sentence speaks of {words:and}, but this is missing about “{person}”: {wanted}.")
_NOT_TOLD = translatable("The article does not give this: {wanted}.")
_NOT_TOLD_OF = translatable("The article does not give this about “{person}”: {wanted}.")
_WITHDRAWN = translatable("{title} was withdrawn, so nothing of it is cited.")
_WITHDRAWN_BY = translatable("{title} was withdrawn by {agency}, so nothing of it is cited.")
_EMBARGOED = translatable("{title} is under embargo, so nothing of it is cited yet.")
_EMBARGOED_UNTIL = translatable("{title} is under embargo until {until}, so nothing of it is cited yet.")

WANTED = (
    translatable("statement"),
    translatable("age"),
    translatable("number of them"),
    translatable("cause of death"),
    translatable("sum of money"),
    translatable("share"),
    translatable("length or span of time"),
    translatable("figure"),
    translatable("place of birth"),
    translatable("date"),
    translatable("name of a husband or wife"),
    translatable("word on a marriage"),
    translatable("word on a family"),
    translatable("reason"),
    translatable("name"),
    translatable("time"),
)
"""What an answer may lack, as `index` names it."""


STATUSES = (
    translatable("corrected"),
    translatable("withdrawn"),
    translatable("superseded"),
    translatable("embargoed"),
)
"""Words for what an article is, beside usable, and for why it may not answer."""


class _QuotedWords(tuple[str, ...]):
    """Quoted words in a list; the format spec says what stands before the last."""

    __slots__ = ()

    def __format__(self, joint: str) -> str:
        style: Literal["standard", "or"] = "or" if joint == "or" else "standard"
        return join_words([f"“{word}”" for word in self], style) or gettext("it")


class _Number(int):
    """A number that is written as the language has it."""

    def __format__(self, _spec: str) -> str:
        return write_number(self)


class _SpokenCode(str):
    """The code of a language; the format spec "name" says what it is called in the language that is spoken."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return name_language(self, get_language()) if spec == "name" else str(self)


def explain_reason(reply: Reply) -> str:
    """Return why a reply has its verdict, in one line."""
    reason = reply.reason
    if get_language() == ENGLISH or reason.code not in SENTENCES:
        return reason
    if reason.code == ReasonCode.UNREAD:
        return gettext(UNREAD).format(_name_unread(reply.unread))
    values = {name: _dress(value) for name, value in reason.values.items()}
    values["wanted"] = gettext(str(values.get("wanted", "")))
    values["language"] = _SpokenCode(values.get("language", ""))
    if reason.code == ReasonCode.OTHER_LANGUAGE:
        values |= _name_languages(values.get("language", ""), values.get("codes", ""))
    try:
        return gettext(_choose_sentence(reason)).format(**values)
    except KeyError:  # a reply that an earlier version saved lacks some values
        return reason


def _choose_sentence(reason: Reason) -> str:
    """Return the English sentence to translate: where the English is made of parts, a whole one."""
    values: Mapping[str, Any] = reason.values
    match reason.code:
        case ReasonCode.TYPE_MISSING:
            return _LACKS_OF if values["person"] else _LACKS
        case ReasonCode.NOT_TOLD:
            return _NOT_TOLD_OF if values["person"] else _NOT_TOLD
        case ReasonCode.WITHDRAWN:
            return _WITHDRAWN_BY if values["agency"] else _WITHDRAWN
        case ReasonCode.EMBARGOED:
            return _EMBARGOED_UNTIL if values["until"] else _EMBARGOED
        case code:
            return SENTENCES[ReasonCode(code)]


def _dress(value: object) -> object:
    match value:
        case list() | tuple():
            return _QuotedWords(str(each) for each in value)
        case int():
            return _Number(value)
        case Mapping():
            return ", ".join(_count_in_language(count, language) for language, count in value.items())
        case _:
            return value


def _name_languages(language: object, served: object) -> dict[str, str]:
    """Return the names of a language and of those that are served, from their codes, in the language that is spoken."""
    names = [name_language(code, get_language()) for code in str(served).split()]
    return {"name": name_language(str(language), get_language()), "served": join_words(names)}


def _count_in_language(count: int, language: str) -> str:
    told = ngettext("{count} {language} one", "{count} {language} ones", count)
    return told.format(count=write_number(count), language=name_language(language, get_language()))


def explain_fact(error: SourceError) -> str:
    """Return what is wrong with a source, without its name; "" where the language that is spoken has no text for it."""
    fact = error.message if isinstance(error.message, Fault) else Fault(error.fact, error.fact, {})
    told = gettext(fact.template)
    if get_language() == ENGLISH or told == fact.template:
        return error.fact if get_language() == ENGLISH else ""
    values = {name: _dress(value) for name, value in fact.values.items()}
    if isinstance(error, UnsupportedLanguage) and error.language:
        values |= _name_languages(error.language, values.get("codes", ""))
    try:
        return told.format(**values)
    except (KeyError, IndexError, ValueError, AttributeError):  # a damaged reply of a worker
        return ""


def explain_damage(reply: Reply) -> str:
    """Return which articles could not be looked into; "" for none, or where that is the reason of the verdict."""
    if get_language() == ENGLISH or not reply.unread or reply.reason.code == ReasonCode.UNREAD:
        return explain_unread(reply.unread, reply.reason)
    return gettext(UNREAD).format(_name_unread(reply.unread))


def _name_unread(articles: Sequence[UnreadArticle]) -> str:
    told = [f"“{each.name}” ({each.id[:8]})" if each.name else each.id[:8] for each in articles[:3]]
    more = len(articles) - len(told)
    return join_words([*told, *([ngettext("{count} more", "{count} more", more).format(count=more)] if more else [])])


def explain_embargo(card: Card) -> str:
    """Return the status of an article under embargo, and until when it is."""
    if card.embargo is None:
        return gettext("under embargo, so nothing of it is cited yet")
    until = f"{card.embargo:%Y-%m-%d %H:%M}"
    return gettext("under embargo until {until}, so nothing of it is cited yet").format(until=until)
