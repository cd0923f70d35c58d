"""The tools: what an assistant may ask of the library, each a function of its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from index import Article, Filter, Index, Reply, Verdict
from index.citations import safe_address
from index.digest import Digest, DigestKind
from index.stories import Silence

from ..conversation import query
from ..conversation.versions import look_up_standing
from ..pages.digest import render_digest
from ..pages.lines import clean, clean_line, render_plain, render_reply
from .arguments import (
    AskArguments,
    DigestArguments,
    QuotesArguments,
    ReadArguments,
    SearchArguments,
)
from .results import (
    AskResult,
    DigestResult,
    Quotation,
    ReadResult,
    SearchResult,
    StatedFact,
    describe_article,
    join_parts,
    name_resource,
    quote_citation,
    quote_sentences,
    write_article_head,
    write_quotations,
)

READ_AT_ONCE = 20_000
"""Characters of an article that `read` gives at once; the paragraph that passes them is the last."""

LOOKED_THROUGH = 5
"""Articles in which `quotes` looks for a speaker if no article is named."""


def ask(index: Index, within: Filter, given: AskArguments) -> tuple[AskResult, str]:
    """Answer a question with the articles' own sentences, or say that they do not.

    Raises:
        UnknownArticle: the article that may answer is not here.
        ValueError: a date cannot be read.
    """
    question, narrowed = query.split(given.question, _narrow(within, given))
    reply = index.ask(question, given.history, query.resolve(index, narrowed), limit=given.limit)
    quotations = tuple(_quote_reply(reply))
    told = AskResult(
        question=reply.question,
        understood=reply.understood,
        verdict=reply.verdict.value,
        confidence=reply.confidence,
        reason=str(reply.reason),
        reason_code=str(reply.reason.code),
        quotations=quotations,
        unread=tuple(each.id for each in reply.unread),
    )
    head = "Answered.\n" if reply.verdict is Verdict.ANSWERED else ""
    return told, join_parts(head + render_plain(render_reply(reply)), quotations)


def _quote_reply(reply: Reply) -> Iterator[Quotation]:
    for passage in reply.passages:
        for citation in passage.citations:
            yield quote_citation(passage.article, citation, context=passage.text)


def search(index: Index, within: Filter, given: SearchArguments) -> tuple[SearchResult, str]:
    """Return the passages that hold some of the words.

    Raises:
        UnknownArticle: the article to look in is not here.
        ValueError: a date cannot be read.
    """
    words, narrowed = query.split(given.words, _narrow(within, given))
    scope = query.resolve(index, narrowed)
    hits = index.search(words, given.limit, scope)
    articles = {key: index.article(key, scope) for key in {hit.passage.article_id for hit in hits}}
    quotations = tuple(
        quote_sentences(
            articles[hit.passage.article_id], hit.passage.first, hit.passage.last, score=round(hit.score, 4)
        )
        for hit in hits
    )
    text = write_quotations(quotations) if quotations else "No passage holds any of these words."
    return SearchResult(words=words, quotations=quotations), join_parts(text, quotations)


def read(index: Index, within: Filter, given: ReadArguments) -> tuple[ReadResult, str]:
    """Return paragraphs of an article and whether it may be cited; nothing of it while it is under embargo.

    Raises:
        UnknownArticle: it is not here.
    """
    article = index.article(given.article, within)
    standing = look_up_standing(index, within, article.card)
    hidden = standing.silence is Silence.EMBARGOED
    quotations, after = _read_on(article, given.paragraph) if not hidden else ((), None)
    told = ReadResult(
        article=describe_article(article),
        link=safe_address(article.url) or name_resource(article.id),
        standing=None if standing.silence is None else standing.silence.value,
        newer=standing.newer.id if standing.newer else None,
        next=after,
        quotations=quotations,
    )
    rows = [write_article_head(article.card), told.link]
    if told.standing:
        instead = f"; cite version {told.newer} instead" if told.newer else ""
        rows.append(f"It may not be cited: {told.standing}{instead}.")
    rows += [f"\n{each.paragraphs[0]}  {clean(each.text)}" for each in quotations]
    rows += [f"\nGo on with paragraph {after}."] if after else []
    return told, "\n".join(rows)


def _read_on(article: Article, paragraph: int) -> tuple[tuple[Quotation, ...], int | None]:
    """Return the paragraphs from this number on, as much as is read at once, and the number of the next."""
    quotations: list[Quotation] = []
    size = 0
    for number, group in groupby(article.sentences, key=lambda sentence: sentence.paragraph):
        if number < paragraph:
            continue
        if size > READ_AT_ONCE:
            return tuple(quotations), number
        sentences = tuple(group)
        quotations.append(quote_sentences(article, sentences[0].number, sentences[-1].number))
        size += len(quotations[-1].text)
    return tuple(quotations), None


def quotes(index: Index, within: Filter, given: QuotesArguments) -> tuple[DigestResult, str]:
    """Return who says what in an article, or what a speaker says in the articles that hold the name.

    Raises:
        UnknownArticle: the article is not here, or none is named and there are several.
    """
    keys = [given.article]
    if given.speaker and not given.article:
        found = dict.fromkeys(hit.passage.article_id for hit in index.search(given.speaker, 60, within))
        keys = list(found)[:LOOKED_THROUGH]
    if not keys:
        told = DigestResult(kind=DigestKind.QUOTES, of=given.speaker, article=None, facts=(), quotations=())
        return told, f"No article here that may be cited names {clean_line(given.speaker)}."
    digests = [index.digest(DigestKind.QUOTES, key, given.speaker, within) for key in keys]
    return _tell_digests(index, within, [one for one in digests if not one.empty] or digests[:1])


def digest(index: Index, within: Filter, given: DigestArguments) -> tuple[DigestResult, str]:
    """Return what an article says of itself, or what is new in the library.

    Raises:
        UnknownArticle: the article is not here, or none is named and there are several.
    """
    return _tell_digests(index, within, [index.digest(given.kind, given.article, given.of, within)])


def _tell_digests(index: Index, within: Filter, found: Sequence[Digest]) -> tuple[DigestResult, str]:
    """Return the digests as one result; there is at least one."""
    quotations = tuple(
        quote_citation(card, entry.citation, label=entry.label, reported=entry.reported)
        for one in found
        for entry in one.entries
        if (card := entry.article or one.article) is not None
    )
    first = found[0]
    told = DigestResult(
        kind=first.kind.value,
        of=first.slot,
        article=describe_article(first.article) if first.article and len(found) == 1 else None,
        facts=tuple(StatedFact(name=fact.name, value=fact.value) for one in found for fact in one.facts),
        quotations=quotations,
    )
    pages = [render_plain(render_digest(one)) for one in found]
    if first.empty and first.article and (silence := look_up_standing(index, within, first.article).silence):
        pages.append(f"The article may not be cited: {silence.value}.")
    return told, join_parts("\n".join(pages), quotations)


def _narrow(within: Filter, given: AskArguments | SearchArguments) -> Filter:
    """Return the filter with what the arguments ask for.

    Raises:
        ValueError: a date cannot be read.
    """
    named = replace(
        within, articles=(given.article,) if given.article else (), sources=(given.source,) if given.source else ()
    )
    dates = {"since": given.since, "until": given.until}
    words = " ".join(f'{name}:"{text.replace(chr(34), "")}"' for name, text in dates.items() if text)
    return query.split(words, named)[1]
