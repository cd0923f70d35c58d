"""Write a reply as HTML: the question, the verdict, the cited sentences with their places, and why (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from ..model import Card, Citation, Reply
from ..verdicts import FURTHER, HEADINGS, UNDERSTOOD, Verdict, translatable
from .charts import draw_explanation
from .links import safe_address
from .markup import ALONE, PageFrame, escape_text, fill_text, isolate
from .wording import PageLanguage, find_time, write_title

PUBLISHER = translatable("publisher's page")


class NumberedCitation(NamedTuple):
    """A cited sentence and its number in the reply; `answers` is False if it is in a further passage."""

    number: int
    citation: Citation
    card: Card
    answers: bool


def number_citations(reply: Reply | None) -> list[NumberedCitation]:
    """Return the citations of a reply, numbered from 1; [] without one."""
    if reply is None:
        return []
    answered = reply.verdict is Verdict.ANSWERED
    cited = [
        (item, passage.article, at == 0) for at, passage in enumerate(reply.passages) for item in passage.citations
    ]
    return [
        NumberedCitation(number, item, card, answered and first) for number, (item, card, first) in enumerate(cited, 1)
    ]


def write_reply(
    reply: Reply,
    speech: PageLanguage,
    frame: PageFrame = ALONE,
    *,
    beside: str = "",
    prefix: str = "",
    question: str = "",
) -> str:
    """Return the HTML of a reply, for a page that shows the article with the id `beside`, if it shows any.

    `prefix` begins the ids of its list, and `question` is shown in place of the reply's own.
    """
    say, marks = speech.say, number_citations(reply)
    understood = (
        f'<p class="place">{escape_text(say(UNDERSTOOD).format(reply.understood))}</p>' if reply.understood else ""
    )
    notice = speech.explain_unread(reply)
    answers = [write_item(mark, speech, frame, beside, prefix) for mark in marks if mark.answers]
    further = [write_item(mark, speech, frame, beside, prefix) for mark in marks if not mark.answers]
    return (
        f'<h2 dir="auto">{escape_text(question or reply.question)}</h2>{understood}'
        f'<p class="verdict {reply.verdict.value}">{escape_text(say(HEADINGS[reply.verdict]))}</p>'
        f'<p class="reason">{escape_text(speech.explain(reply))}</p>'
        + (f'<p class="reason">{escape_text(notice)}</p>' if notice else "")
        + write_list(answers)
        + (f"<h3>{escape_text(say(FURTHER))}</h3>" if answers and further else "")
        + write_list(further)
        + draw_explanation(reply, speech.explain_why(reply))
    )


def write_list(items: Sequence[str]) -> str:
    """Return a list of the items of `write_item`; "" for none."""
    return f'<ol class="answer">{"".join(items)}</ol>' if items else ""


def write_item(mark: NumberedCitation, speech: PageLanguage, frame: PageFrame, beside: str, prefix: str = "") -> str:
    """Return the list item of a cited sentence: its words, who says them, and where they stand."""
    say, citation = speech.say, mark.citation
    here = citation.article_id == beside
    place = _write_place(citation, say)
    facts = [place] if here else [isolate(write_title(mark.card)), place]
    if citation.speaker:
        facts.insert(0, fill_text(say(translatable("said by {name}")), name=isolate(citation.speaker.text)))
    if link := safe_address(citation.url or ""):
        reached = say(translatable("this sentence on the publisher's page")) if ":~:" in link else say(PUBLISHER)
        facts.append(f'<a href="{escape(link)}" rel="noreferrer">{escape_text(reached)}</a>')
    shared = frame.locate_sentence(citation)
    link = f'<a class="share" href="{escape(shared)}">link to this sentence</a>' if shared else ""
    told = " · ".join(facts) + (f'<span class="sharing"> · {link}</span>' if shared else "")
    quoted = f'<blockquote>{escape_text(citation.text)}</blockquote><span class="place">{told}</span>'
    which = _write_number(mark.number, f"#c{mark.number}" if here else shared, say)
    return f'<li id="{prefix}a{mark.number}">{which}<div>{quoted}</div></li>'


def _write_number(number: int, target: str, say: Callable[[str], str]) -> str:
    if not target:
        return f'<span class="which">[{number}]</span>'
    label = fill_text(say(translatable("To sentence {number} in the article")), number=number)
    return f'<a class="which" href="{escape(target)}" aria-label="{label}">[{number}]</a>'


def _write_place(citation: Citation, say: Callable[[str], str]) -> str:
    """Return where the sentence stands and, in a recording, when it is spoken."""
    if time := find_time(citation):
        told = say(translatable("paragraph {}, at {}, sentence {}"))
        return escape_text(told.format(citation.paragraph, time, citation.sentence))
    return escape_text(say(translatable("paragraph {}, sentence {}")).format(citation.paragraph, citation.sentence))
