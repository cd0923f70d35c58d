"""Every word that explains a verdict: one English sentence for each code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from ..evidence.interviews import is_asked_above, quote_heading
from ..evidence.owners import find_whom, is_given, is_told
from ..evidence.question import Question, list_generic_terms
from ..evidence.views import SentenceView
from ..evidence.weights import names_something
from ..language.language import get_language
from ..language.names import describe_language
from ..model import Card, Filter
from ..moments import shift
from ..stories import Silence, name_embargo
from ..verdicts import UNREAD, Reason, ReasonCode, translatable

SENTENCES = {
    ReasonCode.STATED: translatable("A sentence holds {words:and}."),
    ReasonCode.ASKED_ABOVE: translatable("It stands under the question “{heading}”"),
    ReasonCode.OFFICE_UNCLEAR: translatable("It names {people:and}, but no sentence found says whose office is meant."),
    ReasonCode.TYPE_MISSING: "The closest sentence speaks of {words:and}, but gives no {wanted}{whom}.",
    ReasonCode.NOT_TOLD: "The article {untold}.",
    ReasonCode.PARTLY_MENTIONED: translatable("It speaks of {words:and}, but never mentions {missing:or}."),
    ReasonCode.ARTICLE_LACKS: translatable("The article never mentions {missing:or}."),
    ReasonCode.CLOSEST_LACKS: translatable("The closest article never mentions {missing:or}."),
    ReasonCode.NONE_MENTIONS: translatable("None of the {articles} articles mentions {missing:or}."),
    ReasonCode.HEADLINE_ONLY: translatable("Only the headline mentions {words:or}."),
    ReasonCode.HEADING_ONLY: translatable("Only a heading mentions {words:or}: “{heading}”"),
    ReasonCode.NOT_TOGETHER: translatable("No sentence brings {words:or} together with the rest of the question."),
    ReasonCode.NEGATED: translatable("The question asks what is not so; no sentence was found that says that."),
    ReasonCode.NOT_SAID_BY: translatable("Nothing that was found on it is attributed to {speakers:or}."),
    ReasonCode.NOT_STATED: translatable("The words are there, but no sentence was found that states it."),
    ReasonCode.WITHDRAWN: "{title} was withdrawn{by}, so nothing of it is cited.",
    ReasonCode.EMBARGOED: "{title} is {embargo}, so nothing of it is cited yet.",
    ReasonCode.SUPERSEDED: translatable("{title} was superseded by a newer version, so nothing of it is cited."),
    ReasonCode.NO_ARTICLE: translatable("There is no article here to look through."),
    ReasonCode.NONE_IN_LANGUAGE: translatable("No {language:name} article here; {articles}."),
    ReasonCode.NONE_ADMITTED: translatable("No article here passes {limits}."),
    ReasonCode.TOO_LONG: translatable("The question is longer than {limit:,} characters; ask something shorter."),
    ReasonCode.SMALL_TALK: translatable("Ask me about something in the article."),
    ReasonCode.OTHER_LANGUAGE: translatable("The question is in {name}; Pullquote understands {served}."),
    ReasonCode.UNREAD: UNREAD.replace("{}", "{articles}"),
    ReasonCode.NO_WORDS: translatable("The question holds no word to look for; ask with a name or a thing in it."),
}
"""The English of each code; a face may say the same in another language from code and values."""

_ONES = ("{count:,} {language} one", "{count:,} {language} ones")
"""How so many articles in a language are told, for one and for several."""

_NONE: Mapping[str, int] = {}
_QUANTITIES = frozenset(("many", "much", "else"))
"""Words of "how many", "how much", "who else": it says nothing to a reader that an article lacks them."""


class _Words(tuple[str, ...]):
    """Quoted words in a list; the format spec is the last conjunction: “one”, “two” or “three”."""

    __slots__ = ()

    def __format__(self, joint: str) -> str:
        quoted = [f"“{word}”" for word in self]
        if len(quoted) < 2:
            return quoted[0] if quoted else "it"
        return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"


class _LanguageCode(str):
    """The code of a language; the format spec "name" says its English name."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return get_language(self).name if spec == "name" else str(self)


def make_reason(code: ReasonCode, **values: Any) -> Reason:
    """Return the reason with its sentence; word lists among the values are tuples, counts by language a mapping."""
    told = {name: _dress(name, value) for name, value in values.items()}
    return Reason(SENTENCES[code].format(**told), code, values)


def explain_language(code: str) -> Reason:
    """Return why a question in the language with this code is not looked into."""
    return make_reason(ReasonCode.OTHER_LANGUAGE, language=code, **describe_language(code))


def _dress(name: str, value: object) -> object:
    match value:
        case tuple():
            return _Words(value)
        case Mapping():
            return ", ".join(
                _ONES[count != 1].format(count=count, language=get_language(code).name) for code, count in value.items()
            )
        case str() if name == "language":
            return _LanguageCode(value)
        case _:
            return value


def explain_silence(card: Card, silence: Silence) -> Reason:
    """Return why an article is not cited although it may have the answer."""
    title = f"“{card.name}”"
    match silence:
        case Silence.WITHDRAWN:
            by = f" by {card.agency}" if card.agency else ""
            return make_reason(ReasonCode.WITHDRAWN, title=title, by=by, agency=card.agency)
        case Silence.EMBARGOED:
            until = f"{card.embargo:%Y-%m-%d %H:%M}" if card.embargo else ""
            return make_reason(ReasonCode.EMBARGOED, title=title, embargo=name_embargo(card), until=until)
        case Silence.SUPERSEDED:
            return make_reason(ReasonCode.SUPERSEDED, title=title)


def explain_emptiness(filter: Filter, languages: Mapping[str, int] = _NONE) -> Reason:
    """Return why no article could be searched; collections are never named, for others may own them.

    `languages` says how many articles would have been searched in each, had the question been in it.
    """
    if languages:
        ordered = dict(sorted(languages.items(), key=lambda each: (-each[1], each[0])))
        return make_reason(ReasonCode.NONE_IN_LANGUAGE, language=filter.language, articles=ordered)
    limits = [f"article:{each}" for each in filter.articles] + [f"source:{each}" for each in filter.sources]
    last = filter.until and (shift(filter.until, -timedelta.resolution) or filter.until)  # the last day that passes
    limits += [f"{name}:{each.date()}" for name, each in (("since", filter.since), ("until", last)) if each is not None]
    limits += [] if filter.lead is None else [f"lead:{filter.lead}"]
    if not limits:
        return make_reason(ReasonCode.NO_ARTICLE)
    return make_reason(ReasonCode.NONE_ADMITTED, limits=" ".join(limits))


def explain_silence_of(speakers: Sequence[str]) -> Reason:
    """Return why nothing answers where only what somebody says may: nothing that was found is theirs."""
    return make_reason(ReasonCode.NOT_SAID_BY, speakers=tuple(speakers))


def explain_missing_words(question: Question, articles: int, headline: Iterable[str]) -> Reason:
    """Return why nothing was found: no passage has a word of the question.

    `articles` is how many were searched, `headline` the terms of the headline if it was one. Headlines are not
    searched, but a reader who sees a word there would not believe that it is never mentioned.
    """
    told = _list_words(question)
    above = frozenset(headline)
    missing = tuple([word for term, word in told.items() if term not in above])
    if not missing:
        return make_reason(ReasonCode.HEADLINE_ONLY, words=tuple(told.values()))
    if articles == 1:
        return make_reason(ReasonCode.ARTICLE_LACKS, missing=missing)
    return make_reason(ReasonCode.NONE_MENTIONS, articles=articles, missing=missing)


def explain_answer(best: SentenceView) -> Reason:
    """Return why the best sentence answers: the question's words around it, or the question that it stands under."""
    if best.heading and is_asked_above(best):
        return make_reason(ReasonCode.ASKED_ABOVE, heading=_quote_heading(best, best.heading))
    words = [word for term, word in best.question.told.items() if term in best.window]
    return make_reason(ReasonCode.STATED, words=tuple(words))


def explain_relation(best: SentenceView, bearers: Sequence[str]) -> Reason | None:
    """Return why the best sentence is on the topic but no answer; None if only missing words can explain it.

    `bearers` are the people who hold the office in question.
    """
    question = best.question
    if bearers:
        return make_reason(ReasonCode.OFFICE_UNCLEAR, people=tuple(bearers))
    if not names_something(best):
        return make_reason(ReasonCode.NO_WORDS)
    if not best.window:
        return None
    if not is_given(best):
        return _explain_untold(best) or _explain_missing_type(best)
    article = best.article_view
    known = article.known | article.alike | article.title | article.headings
    missing = tuple([word for term, word in _list_words(question).items() if term not in known])
    if missing:
        return make_reason(ReasonCode.PARTLY_MENTIONED, words=_pick_heaviest(best), missing=missing)
    return None


def explain_shortfall(best: SentenceView, articles: int, *, denied: bool) -> Reason:
    """Return why no sentence answers: words that the article lacks, or what the closest sentence lacks.

    `articles` is how many were searched; `denied`: the question asks what is not so.
    """
    told = _list_words(best.question)
    held = best.article_view.known | best.article_view.alike
    given = is_given(best)
    if articles == 1 and not given and (untold := _explain_untold(best)) is not None:
        return untold
    above = best.article_view.title - held
    headed = best.article_view.headings - held - above
    missing = tuple([word for term, word in told.items() if term not in held | above | headed])
    if missing:
        code = ReasonCode.ARTICLE_LACKS if articles == 1 else ReasonCode.CLOSEST_LACKS
        return make_reason(code, missing=missing)
    if only := _explain_headings(best, told, above, headed):
        return only
    if apart := tuple([word for term, word in told.items() if term in held and term not in best.covered]):
        return make_reason(ReasonCode.NOT_TOGETHER, words=apart)
    if not given:
        return _explain_missing_type(best)
    return make_reason(ReasonCode.NEGATED if denied else ReasonCode.NOT_STATED)


def _explain_headings(
    best: SentenceView, told: Mapping[str, str], above: frozenset[str], headed: frozenset[str]
) -> Reason | None:
    """Return which words stand in the headline alone, or else in a heading; None if none do."""
    if titled := tuple([word for term, word in told.items() if term in above]):
        return make_reason(ReasonCode.HEADLINE_ONLY, words=titled)
    if below := tuple([word for term, word in told.items() if term in headed]):
        return make_reason(ReasonCode.HEADING_ONLY, words=below, heading=_quote_heading(best, headed))
    return None


def _quote_heading(best: SentenceView, terms: frozenset[str]) -> str:
    """Return a heading that holds one of the terms, on one line: that above the sentence, or else the first."""
    article = best.article_view
    here = best.sentence.number
    number = here if best.heading & terms else next(number for number, held in article.over.items() if held & terms)
    return quote_heading(best, number)


def _explain_untold(best: SentenceView) -> Reason | None:
    """Return what the article does not tell of whom it names; None if it tells that, or nobody is named."""
    article, wants = best.article_view, best.question.wants
    whom = find_whom(article)
    if not wants.untold or not whom or is_told(article):
        return None
    quoted = f"“{whom}”"
    untold = wants.untold.format(whom=quoted, joined=f" {wants.joint} {quoted}")
    return make_reason(ReasonCode.NOT_TOLD, untold=untold, wanted=wants.lacking or wants.name, person=whom)


def _explain_missing_type(best: SentenceView) -> Reason:
    wants = best.question.wants
    whom = find_whom(best.article_view) if wants.personal or wants.joint == "by" else ""
    return make_reason(
        ReasonCode.TYPE_MISSING,
        words=_pick_heaviest(best),
        wanted=wants.lacking or wants.name,
        whom=f" {wants.joint} “{whom}”" if whom else "",
        person=whom,
    )


def _list_words(question: Question) -> dict[str, str]:
    """Return the words of the question that are worth naming, by term."""
    idle = question.wants.asking_terms
    told = {term: word for term, word in question.told.items() if word.lower() not in _QUANTITIES and term not in idle}
    telling = {term: word for term, word in told.items() if term not in list_generic_terms()}
    return telling or told or dict(question.told)


def _pick_heaviest(view: SentenceView) -> tuple[str, ...]:
    """Return up to three of the rarest question words that the sentence and its neighbours have, in question order."""
    words, idf = view.question.told, view.article_view.idf
    parts = {part for word in words.values() if "-" in word for part in word.split("-")}  # "Eun-hye" says it all
    told = [term for term, word in words.items() if term in view.window and word not in parts]
    found = sorted(told, key=lambda term: -idf[term])[:3]
    return tuple([word for term, word in words.items() if term in found])
