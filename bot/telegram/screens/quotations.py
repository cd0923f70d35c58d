"""An answer, and the paragraphs around its citations, as marked text and buttons (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from index import Citation, Reply, Verdict
from index.asking.several import asks_yes_or_no
from index.citations import Finding, Outcome
from index.model import Card, Paragraph, ShownPassage
from index.verdicts import HEADINGS, SHORT_HEADINGS, UNDERSTOOD, ReasonCode

from ...conversation.dialogue import SHOWN, Context
from ...pages.lines import clean, clean_line, format_citation, name_article
from ...pages.reasons import explain_damage, explain_reason
from ...translation import gettext
from .marked_text import BOLD, FOLDED, ITALIC, LONGEST_URL, QUOTE, Text, join_texts, link_text, make_entities
from .screens import Button, Quoted, Rows, Screen, draw_facts, draw_note, draw_source, mark_quotation
from .wording import wording

LONGEST_COPY = 256
"""Characters that a button can put on the clipboard."""

FOLD = 1200
"""Characters above which what was asked for is folded, as what is around it always is: it is to be seen at a glance."""

SURE = 0.6
"""Confidence from which one quotation is enough."""

BUTTONS = 4
"""Buttons under an answer, at most."""

FIRST_WORDS = 8
"""Words of a cited sentence that tell it from others."""


def count_shown(reply: Reply, skip: int, *, short: bool = False) -> int:
    """Return how many passages a message shows after the first `skip`; the others wait behind a button.

    One is enough in a group, where the answer is sure, and where the others score less than half as well.
    """
    best = reply.passages[skip : skip + 1]
    if not best or short or (reply.verdict is Verdict.ANSWERED and not skip and reply.confidence >= SURE):
        return len(best)
    close = [passage for passage in reply.passages[skip : skip + SHOWN] if passage.score >= best[0].score / 2]
    return len(close)


def draw_answer(reply: Reply, skip: int = 0, *, short: bool = False, instead: Sequence[str] = ()) -> Screen:
    """Return a reply without its first `skip` passages; `short` is for groups: one sentence, and what it is from.

    The cited sentence comes first, for a notification shows no more, then its article, what is to be said of it, and
    the passage around it, folded. `instead` are questions to offer where nothing was found.
    """
    shown = reply.passages[skip : skip + count_shown(reply, skip, short=short)]
    if not shown:
        offers = tuple((Button(question, f"s{n}"),) for n, question in enumerate(instead))
        return Screen((*_draw_refusal(reply), *((Text(wording.INSTEAD),) if instead else ())), offers)
    notes = list(_draw_notes(reply)) if not skip else []
    stories = {_name_story(passage) for passage in reply.passages[: skip or 1]}
    numbers = tuple(accumulate((len(passage.citations) for passage in reply.passages), initial=1))
    blocks = []
    for at, passage in enumerate(shown, skip):
        told = notes if at == skip else []
        if _name_story(passage) not in stories:
            told = [Text(wording.OTHER_STORY).with_mark(ITALIC), *told]
        number = numbers[at] if skip or len(shown) > 1 else 0
        blocks.append(_draw_passage(passage, number, told, short=short))
    return Screen(tuple(blocks), _make_answer_rows(reply, shown, numbers[skip:], skip, short=short))


def _name_story(passage: ShownPassage) -> str:
    return passage.article.story or passage.article.id


def _draw_refusal(reply: Reply) -> Iterator[Text]:
    reason = Text(clean_line(explain_reason(reply)))
    heading = Text(gettext(HEADINGS[reply.verdict])).with_mark(BOLD)
    yield reason if reply.reason.code == ReasonCode.SMALL_TALK else join_texts([heading, reason])  # nothing was asked
    yield from _draw_remarks(reply)


def _draw_notes(reply: Reply) -> Iterator[Text]:
    """Yield what stands below the sentence: whether it answers the question, and how that was understood."""
    if reply.verdict is not Verdict.ANSWERED:
        heading = Text(f"{gettext(SHORT_HEADINGS[reply.verdict])} {wording.CLOSEST}").with_mark(BOLD)
        yield join_texts([heading, Text(clean_line(explain_reason(reply)))])
    elif asks_yes_or_no(reply.understood or reply.question):
        yield Text(wording.NO_VERDICT).with_mark(ITALIC)
    yield from _draw_remarks(reply)


def _draw_remarks(reply: Reply) -> Iterator[Text]:
    if reply.understood:
        yield Text(clean_line(gettext(UNDERSTOOD).format(reply.understood))).with_mark(ITALIC)
    if notice := explain_damage(reply):
        yield Text(clean_line(notice)).with_mark(ITALIC)


def _draw_passage(passage: ShownPassage, number: int, notes: Sequence[Text], *, short: bool) -> Text:
    """Return the sentence that answers best, then headline and place, the notes, and the passage where it says more.

    `number` is that of its first citation among several that are shown, else 0.
    """
    first = passage.citations[0]
    headline = link_text(name_article(passage.article), first.url or passage.article.url)
    source = join_texts([Text(f"[{number}] ") + headline if number else headline, draw_facts(passage.article, first)])
    around = _draw_around(passage) if not short else Text()
    return join_texts([_draw_sentence(first), source, *notes, around])


def _draw_around(passage: ShownPassage) -> Text:
    """Return the passage, folded; what follows if it begins with the cited sentence, nothing if it says no more."""
    start, cited = passage.start, passage.citations
    if len(cited) == 1 and cited[0].start == start:
        start, cited = cited[0].end, ()
    text = passage.text[start - passage.start :]
    start += len(text) - len(text.lstrip())
    return mark_quotation(text.strip(), start, cited).with_mark(FOLDED)


def _draw_sentence(citation: Citation) -> Text:
    words = Text(clean(citation.text)).with_mark(BOLD)
    return words.with_mark(QUOTE if len(words.text) <= FOLD else FOLDED)


def draw_context(shown: Context, *, kept: bool = False) -> Screen:
    """Return the paragraph of a citation with the cited words in bold, and those beside it, folded where they are long.

    The cited words are quoted from the answer. `kept` says that its reply is at hand, which most buttons need.
    """
    article, citation = shown.article, shown.citation
    near = list_near(shown)
    marked = [mark_quotation(article.quote(each), each.start, (citation,)) for each in near]
    if sum(len(each.text) for each in marked) <= FOLD:
        quotations = [join_texts(marked, "\n\n").with_mark(QUOTE)]
    else:
        here = [each.number == citation.paragraph for each in near]
        quotations = [each.with_mark(QUOTE if cited else FOLDED) for each, cited in zip(marked, here, strict=True)]
    words = Text(clean(citation.text)).with_mark(BOLD)  # as it stands in the answer
    count = sum(paragraph.number is not None for paragraph in article.paragraphs)
    where = wording.CONTEXT_PLACE.format(number=citation.paragraph, count=count)
    opens = (make_open_button(article.card, shown.number),) if kept or can_open(article.card) else ()
    rows = (_make_citation_buttons(shown), opens) if kept else (opens,)
    return Screen(
        (*quotations, join_texts([draw_source(article.card), Text(where)])),
        tuple(row for row in rows if row),
        Quoted(words.text, tuple(make_entities(words))),
    )


def list_near(shown: Context) -> list[Paragraph]:
    """Return the paragraph of a citation, and those beside it."""
    near = range(shown.citation.paragraph - 1, shown.citation.paragraph + 2)
    return [paragraph for paragraph in shown.article.paragraphs if paragraph.number in near]


def _make_citation_buttons(shown: Context) -> tuple[Button, ...]:
    line = format_citation(shown.citation, shown.article.card)
    copy = Button(wording.COPY, copy=line) if len(line) <= LONGEST_COPY else Button(wording.COPY, f"p{shown.number}")
    return copy, Button(wording.WHY, "w")


def _make_answer_rows(
    reply: Reply, shown: Sequence[ShownPassage], numbers: Sequence[int], skip: int, *, short: bool
) -> Rows:
    """Return at most four buttons; several quotations have each its own, by its headline or, if that is one, words."""
    last = skip + len(shown)
    more = last < len(reply.passages) or len(reply.passages) - skip >= SHOWN  # else the index gave all that it has
    turn = (Button(wording.MORE, "n"),) if more else ()
    check = Button(wording.VERIFY, "v")
    if len(shown) > 1:
        single = len({passage.article.id for passage in shown}) == 1
        names = [_shorten(each.citations[0].text) if single else name_article(each.article) for each in shown]
        each = (Button(wording.CONTEXT_OF.format(name), f"c{numbers[at]}") for at, name in enumerate(names))
        return (*((button,) for button in each), (*turn, check)[: BUTTONS - len(shown)])
    context = Button(wording.CONTEXT, f"c{numbers[0]}")
    if short:
        return ((context, *turn, check),)
    return ((context, *turn), (check, make_open_button(shown[0].article, numbers[0])))


def draw_findings(reply: Reply, found: Sequence[Finding]) -> Screen:
    """Return what came of checking the citations of a reply again, the same of two of one article said once."""
    names = {passage.article.id: name_article(passage.article) for passage in reply.passages}
    count = len(reply.citations)
    bad = [finding for finding in found if finding.outcome is not Outcome.VERIFIED]
    lines = dict.fromkeys(
        gettext(wording.FOUND[each.outcome.value]).format(title=names.get(each.article_id, "")) for each in bad
    )
    if all(each.outcome is Outcome.UNKNOWN for each in bad):  # what is gone neither holds nor does not
        return draw_note(*lines) if bad else draw_note(wording.VERIFIED_ALL.format(count=count))
    failed = len({each.number for each in bad if each.number}) or count
    return draw_note(wording.VERIFIED_SOME.format(bad=failed, count=count), *lines)


def make_open_button(card: Card, number: int) -> Button:
    """Return the button that leads to the article that citation `number` is from, or shows it here."""
    return Button(wording.OPEN, url=card.url) if can_open(card) else Button(wording.OPEN, f"o{number}")


def _shorten(text: str) -> str:
    words = clean_line(text).split()
    return f"“{' '.join(words[:FIRST_WORDS])}{' ...' if len(words) > FIRST_WORDS else ''}”"


def can_open(card: Card) -> bool:
    """Tell whether a button may open the article's own address."""
    return card.url.startswith(("http://", "https://")) and len(card.url) <= LONGEST_URL
