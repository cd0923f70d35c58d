"""The standard forms of a citation: a line of text, Markdown, HTML, BibTeX, CSL-JSON, W3C Web Annotation (pure).

What the forms say of an article is cleaned of control characters. The words of a citation stay as they are, but for
white space and control characters, which one-line forms cannot hold; the annotation alone keeps every character.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ..model import Article, Card, Citation, Status
from .links import safe_address
from .verification import hash_name
from .wording import clean, day, month, title

CONTEXT = 32
"""Characters of the text before and after the words that an annotation carries, as annotation tools do."""


def cite(article: Card, citation: Citation, style: str = "text") -> str:
    """Return the citation in one of the forms of `STYLES`, ending without a line feed.

    Given a whole `Article`, an annotation carries the words around the citation too.

    Raises:
        ValueError: there is no such form; the message lists them.
    """
    if style not in STYLES:
        raise ValueError(f"no form is called {style!r}; there are {', '.join(STYLES)}")
    return STYLES[style](article, citation)


def _text(article: Card, citation: Citation) -> str:
    words = clean(citation.text)
    quoted = words if words[:1] in ('"', "“") and words[-1:] in ('"', "”") else f"“{words}”"
    url = _url(article, citation)
    return f"{quoted} ({', '.join(_facts(article, citation))})" + (f" {url}" if url else "")


def _markdown(article: Card, citation: Citation) -> str:
    name, *facts = (markdown_text(fact) for fact in _facts(article, citation))
    url = _url(article, citation)
    named = f"[{name}](<{url}>)" if url else name
    words = markdown_text(clean(citation.text))
    # What begins a list, a heading or a rule does so only as the first thing of a line.
    words = re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", re.sub(r"^([+=-])", r"\\\1", words))
    return f"> {words}\n>\n> — {', '.join((named, *facts))}"


def markdown_text(text: str) -> str:
    """Return the text with all escaped that Markdown would take for its own."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", text).replace("://", "\\://").replace("www.", "www\\.")


def _html(article: Card, citation: Citation) -> str:
    name, *facts = (escape(fact) for fact in _facts(article, citation, dated=False))
    url = escape(_url(article, citation))
    named = f'<a href="{url}">{name}</a>' if url else name
    when = article.published
    time = [f'<time datetime="{when.isoformat()}">{day(when)}</time>'] if when else []
    source = f' cite="{url}"' if url else ""
    caption = ", ".join((f"<cite>{named}</cite>", *facts[:-1], *time, facts[-1]))
    return (
        f'<figure><blockquote{source} dir="auto"><p>{escape(clean(citation.text))}</p></blockquote>\n'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _bibtex(article: Card, citation: Citation) -> str:
    when = article.published
    note = f"Paragraph {citation.paragraph}: {clean(citation.text)}"
    fields = {
        "title": f"{{{_tex(title(article))}}}",  # the inner braces keep a style from changing its capitals
        "author": f"{{{_tex(clean(article.byline))}}}" if article.byline else "",
        "howpublished": _tex(clean(article.agency)),
        "year": str(when.year) if when else "",
        "month": month(when)[:3].lower() if when else "",
        "url": _url(article, citation),
        "note": _tex(note),
    }
    rows = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}" for name, value in fields.items() if value]
    return f"@misc{{{_key(article, citation)},\n" + ",\n".join(rows) + "\n}"


def _tex(text: str) -> str:
    """Return the text as LaTeX sets it unchanged; BibTeX wants braces in pairs, even those with a backslash."""
    apart = re.sub(r"(?<=-)(?=-)|(?<=')(?=')|(?<=`)(?=`)|(?<=[?!])(?=`)", "\0", text)  # or LaTeX would join them
    return re.sub(r"[\\{}$&#_%~^<>|\0]", lambda match: _TEX.get(match[0], f"\\{match[0]}"), apart)


_TEX = {
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    "\0": "{}",
}


def _csl(article: Card, citation: Citation) -> str:
    when = article.published
    item = {
        "id": _key(article, citation),
        "type": "article-newspaper",
        "title": title(article),
        "author": [{"literal": clean(article.byline)}] if article.byline else None,
        "container-title": clean(article.agency),
        "issued": {"date-parts": [[when.year, when.month, when.day]]} if when else None,
        "URL": _url(article, citation),
        "language": clean(article.language),
        "status": "" if article.status is Status.USABLE else article.status.value,
        "note": f"Paragraph {citation.paragraph}: {clean(citation.text)}",
    }
    return json.dumps([{name: value for name, value in item.items() if value}], indent=2)


def _annotation(article: Card, citation: Citation) -> str:
    selectors: list[dict[str, Any]] = [
        {"type": "TextPositionSelector", "start": citation.start, "end": citation.end},
        {"type": "TextQuoteSelector", "exact": citation.text, **_around(article, citation)},
    ]
    text = {"id": hash_name(citation.sha256), "type": "Text", "format": "text/plain"}
    targets: list[dict[str, Any]] = [{"type": "SpecificResource", "source": text, "selector": selectors}]
    if page := safe_address(article.url):
        # Offsets hold for our text only; on the publisher's page the words alone can be looked for.
        source = {"id": page.partition("#")[0], "type": "Text", "format": "text/html"}
        targets.append({"type": "SpecificResource", "source": source, "selector": selectors[1:]})
    form = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": uuid5(NAMESPACE_URL, f"{hash_name(citation.sha256)}#char={citation.start},{citation.end}").urn,
        "type": "Annotation",
        "motivation": "highlighting",
        "target": targets if len(targets) > 1 else targets[0],
    }
    return json.dumps(form, indent=2)


def _around(article: Card, citation: Citation) -> dict[str, str]:
    if not isinstance(article, Article):
        return {}
    before = article.text[max(0, citation.start - CONTEXT) : citation.start]
    after = article.text[citation.end : citation.end + CONTEXT]
    return {"prefix": before, "suffix": after}


STYLES: MappingProxyType[str, Callable[[Card, Citation], str]] = MappingProxyType(
    {
        "text": _text,
        "markdown": _markdown,
        "html": _html,
        "bibtex": _bibtex,
        "csl": _csl,
        "annotation": _annotation,
    }
)
"""The forms that `cite` writes: one line of text, Markdown, HTML, BibTeX, CSL-JSON, W3C Web Annotation."""


def _facts(article: Card, citation: Citation, *, dated: bool = True) -> list[str]:
    when = day(article.published) if article.published and dated else ""
    found = (title(article), clean(article.agency), when, f"paragraph {citation.paragraph}")
    return [fact for fact in found if fact]


def _url(article: Card, citation: Citation) -> str:
    return safe_address(citation.url or "") or safe_address(article.url)


def _key(article: Card, citation: Citation) -> str:
    return f"{article.id or 'article'}-{citation.start}"
