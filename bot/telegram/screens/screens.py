"""What a conversation shows, as marked text and buttons (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from index import Citation, Reply, Verdict
from index.asking.several import asks_yes_or_no
from index.digest import Digest
from index.model import Card, ShownPassage, name_source
from index.verdicts import HEADINGS, SAYS, UNDERSTOOD, explain_unread

from ...conversation.dialogue import Context, Details, Listing
from ...pages import render
from ...pages.digest import REPORTED, explain_nothing, list_facts, name_digest
from ...pages.lines import Look, Page, clean, clean_line, format_citation, format_facts, name_article, name_silence
from ...pages.why import explain_reply
from . import wording
from .marked_text import BOLD, CODE, FOLDED, ITALIC, LONGEST_URL, QUOTE, Text, join_texts, link_text

LONGEST_COPY = 256
"""Characters that a button can put on the clipboard."""

FOLD = 1200
"""Characters above which the best quotation is folded, as further ones always are: what answers is to be seen."""

FIRST_WORDS = 8
"""Words of a cited sentence that tell it from others, or say what a folded quotation holds."""

LISTED = 6
"""Articles on a page of buttons."""

_LOOKS = {
    Look.TITLE: BOLD,
    Look.CITED: BOLD,
    Look.FACT: ITALIC,
    Look.RELATED: BOLD,
    Look.REFUSED: BOLD,
    Look.COMMAND: CODE,
}


@dataclass(frozen=True, slots=True)
class Button:
    """A button: it does `action`, opens `url`, or copies `copy`; exactly one of them is given."""

    label: str
    action: str = ""
    url: str = ""
    copy: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """What goes out: blocks of text, the buttons under the last message, and words of the asked message to quote."""

    blocks: tuple[Text, ...]
    rows: Rows = ()
    quote: str = ""


def draw_note(*lines: str, rows: Rows = ()) -> Screen:
    """Return a screen of plain lines."""
    return Screen((join_texts(Text(clean(line)) for line in lines),), rows)


def draw_answer(reply: Reply, skip: int = 0, *, short: bool = False, instead: Sequence[str] = ()) -> Screen:
    """Return a reply without its first `skip` passages; `short` shows one passage, as groups want it.

    `instead` are questions to offer where nothing was found.
    """
    blocks = list(_draw_head(reply)) if not skip else []
    number = 1
    shown = reply.passages[: skip + 1] if short else reply.passages
    for at, passage in enumerate(shown):
        if at >= skip:
            follows = shown[at + 1].article.id if at + 1 < len(shown) else ""
            named = passage.article.id != follows  # an article is named once, below the last of its passages
            blocks.append(_draw_passage(passage, number, first=at == skip, named=named))
        number += len(passage.citations)
    if reply.verdict is Verdict.REFUSED and instead:
        blocks.append(Text(wording.INSTEAD))
    rows = (
        _make_answer_rows(shown, skip) if shown[skip:] else tuple((Button(q, f"s{n}"),) for n, q in enumerate(instead))
    )
    return Screen(tuple(blocks), rows)


def _draw_head(reply: Reply) -> Iterator[Text]:
    if reply.understood:
        yield Text(clean_line(UNDERSTOOD.format(reply.understood))).with_mark(ITALIC)
    if reply.verdict is not Verdict.ANSWERED:
        yield join_texts([Text(HEADINGS[reply.verdict]).with_mark(BOLD), Text(clean_line(reply.reason))])
    elif asks_yes_or_no(reply.understood or reply.question):
        yield Text(SAYS).with_mark(ITALIC)
    if notice := explain_unread(reply.unread, reply.reason):
        yield Text(clean_line(notice)).with_mark(ITALIC)


def _draw_passage(passage: ShownPassage, number: int, *, first: bool, named: bool) -> Text:
    """Return the quotation with its cited sentences in bold, then where each stands, then the article's name."""
    kind = QUOTE if first and len(passage.text) <= FOLD else FOLDED
    quotation = mark_quotation(passage.text, passage.start, passage.citations).with_mark(kind)
    told = len(passage.citations) > 1 or kind == FOLDED
    places = [_draw_place(citation, number + at, told=told) for at, citation in enumerate(passage.citations)]
    return join_texts([quotation, *places, *([draw_source(passage.article)] if named else [])])


def mark_quotation(text: str, start: int, citations: Sequence[Citation]) -> Text:
    """Return the words with the cited sentences in bold; `start` is where they stand in the article."""
    whole, at = Text(), start
    for citation in sorted(citations, key=lambda each: each.start):
        first, last = max(citation.start, at), min(citation.end, start + len(text))
        if first >= last:
            continue
        whole = whole + Text(clean(text[at - start : first - start]))
        whole = whole + Text(clean(text[first - start : last - start])).with_mark(BOLD)
        at = last
    return whole + Text(clean(text[at - start :]))


def _draw_place(citation: Citation, number: int, *, told: bool) -> Text:
    where = wording.PLACE.format(citation.paragraph, citation.sentence)
    if told:
        words = clean_line(citation.text).split()
        where = f"“{' '.join(words[:FIRST_WORDS])}{' ...' if len(words) > FIRST_WORDS else ''}”, {where}"
    return link_text(f"[{number}]", citation.url) + Text(f" {where}")


def draw_source(card: Card) -> Text:
    """Return headline and date of an article, the headline as a link where the article has an address."""
    known = format_facts(card)
    return join_texts([link_text(name_article(card), card.url), Text(known).with_mark(ITALIC) if known else Text()])


def _make_answer_rows(shown: Sequence[ShownPassage], skip: int) -> Rows:
    numbers = tuple(accumulate((len(passage.citations) for passage in shown), initial=1))[skip:-1]
    first, best = numbers[0], shown[skip]
    contexts = [Button(wording.CONTEXT_N.format(first) if len(numbers) > 1 else wording.CONTEXT, f"c{first}")]
    contexts += [Button(f"[{number}]", f"c{number}") for number in numbers[1:4]]
    line = format_citation(best.citations[0], best.article)
    copy = Button(wording.COPY, copy=line) if len(line) <= LONGEST_COPY else Button(wording.COPY, f"p{first}")
    opens = Button(wording.OPEN, url=best.article.url) if can_open(best.article) else Button(wording.OPEN, f"o{first}")
    return (
        tuple(contexts),
        (Button(wording.NEXT, "n"), Button(wording.WHY, "w"), Button(wording.VERIFY, "v")),
        (copy, opens),
    )


def can_open(card: Card) -> bool:
    """Tell whether a button may open the article's own address."""
    return card.url.startswith(("http://", "https://")) and len(card.url) <= LONGEST_URL


def draw_context(shown: Context) -> Screen:
    """Return the paragraphs around a citation, the cited words in bold, quoting them from the answer."""
    article, citation = shown.article, shown.citation
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    near = [paragraph for paragraph in body if abs((paragraph.number or 0) - citation.paragraph) <= 1]
    words = [mark_quotation(article.quote(each), each.start, (citation,)) for each in near]
    first, last = near[0].number, near[-1].number
    where = f"[{shown.number}] paragraphs {first} to {last} of {len(body)}" if first != last else f"[{shown.number}]"
    rows = ((Button(wording.OPEN, url=article.url),),) if can_open(article.card) else ()
    return Screen(
        (join_texts(words, "\n\n").with_mark(FOLDED), join_texts([Text(where), draw_source(article.card)])),
        rows,
        citation.text,
    )


def draw_digest(digest: Digest) -> Screen:
    """Return what an article says of itself, or what is new: each sentence as a quotation under its label."""
    head = [draw_source(digest.article)] if digest.article else []
    if digest.empty:
        return Screen((join_texts([*head, Text(explain_nothing(digest)).with_mark(BOLD)]),))
    head += [Text(f"{fact.name}: {clean_line(fact.value)}") for fact in list_facts(digest)]
    if digest.entries:
        head.append(Text(name_digest(digest)).with_mark(ITALIC))
    return Screen((join_texts(head), *_draw_entries(digest)))


def _draw_entries(digest: Digest) -> Iterator[Text]:
    label, reported = "", False
    for number, entry in enumerate(digest.entries, 1):
        lines = [Text(clean_line(entry.label)).with_mark(BOLD)] if entry.label and entry.label != label else []
        if entry.reported and not (reported and entry.label == label):
            lines.append(Text(f"{REPORTED}:").with_mark(ITALIC))
        label, reported = entry.label, entry.reported
        lines += [Text(clean(entry.citation.text)).with_mark(QUOTE), _draw_place(entry.citation, number, told=False)]
        yield join_texts([*lines, draw_source(entry.article)] if entry.article else lines)


def draw_why(reply: Reply) -> Screen:
    """Return how a reply came about, in plain words."""
    return draw_note(explain_reply(reply))


def draw_listing(shown: Listing, start: int) -> Screen:
    """Return one page of articles, each with a button to choose it; `start` of `shown.total` come before it."""
    lines = []
    for number, card in shown.entries:
        chosen = "* " if card.id in shown.chosen else ""
        name = Text(f"{chosen}{number}. ") + Text(name_article(card)).with_mark(BOLD)
        known = (format_facts(card), name_silence(card, shown.silent.get(card.id)))
        lines.append(join_texts([name, Text(" · ".join(filter(None, known))).with_mark(ITALIC)]))
    head = [Text(clean(shown.note))] if shown.note else []
    numbers = tuple(Button(str(number), f"u{at}") for at, (number, _) in enumerate(shown.entries))
    turns = (
        *((Button(wording.EARLIER, f"g{max(0, start - LISTED)}"),) if start else ()),
        *((Button(wording.LATER, f"g{start + LISTED}"),) if start + len(shown.entries) < shown.total else ()),
    )
    return Screen((*head, join_texts(lines)), tuple(row for row in (numbers, turns) if row))


def mark_page(page: Page) -> Text:
    """Return a page of the console's as marked text."""
    rows = []
    for line in page:
        margin = Text(line.margin.text.strip() + " ") if line.margin.text.strip() else Text()
        words = Text()
        for piece in line.pieces:
            kind = _LOOKS.get(piece.look)
            words = words + (Text(piece.text).with_mark(kind) if kind else Text(piece.text))
        rows.append(margin + words)
    return join_texts(rows)


def draw_card(shown: Details, rows: Rows = ()) -> Screen:
    """Return what is known of an article, but where on the operator's machine it is."""
    named = replace(shown, card=replace(shown.card, source=name_source(shown.card.source)))
    return Screen((mark_page(render.render_card(named)),), rows)
