"""Write a citation in a standard form: a line of text, Markdown, HTML, BibTeX, CSL-JSON, W3C Web Annotation (pure).

What the forms say of an article is cleaned of control characters. So are the cited words, with their white space,
because a one-line form cannot hold them; only the annotation keeps every character.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from html import escape
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ..model import Article, Card, Citation, Status
from .links import safe_address
from .wording import clean, name_month, write_date, write_place, write_title

CONTEXT = 32
"""Characters of context that an annotation has before and after the words, as annotation tools write it."""


def cite(article: Card, citation: Citation, style: str = "text") -> str:
    """Return the citation in one of the forms of `STYLES`, without a line feed at the end.

    With an `Article` instead of its card, an annotation also has the words around the citation.

    Raises:
        ValueError: there is no such form; the message lists those that there are.
    """
    if style not in STYLES:
        raise ValueError(f"no form is called {style!r}; there are {', '.join(STYLES)}")
    return STYLES[style](article, citation)


def _write_text(article: Card, citation: Citation) -> str:
    words = clean(citation.text)
    quoted = words if words[:1] in ('"', "“") and words[-1:] in ('"', "”") else f"“{words}”"
    url = _choose_url(article, citation)
    return f"{quoted} ({', '.join(_list_facts(article, citation))})" + (f" {url}" if url else "")


def _write_markdown(article: Card, citation: Citation) -> str:
    name, *facts = (escape_markdown(fact) for fact in _list_facts(article, citation))
    url = _choose_url(article, citation)
    named = f"[{name}](<{url}>)" if url else name
    words = escape_markdown(clean(citation.text))
    # These begin a list, a heading or a rule only at the start of a line.
    words = re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", re.sub(r"^([+=-])", r"\\\1", words))
    return f"> {words}\n>\n> — {', '.join((named, *facts))}"


def escape_markdown(text: str) -> str:
    """Return the text with everything escaped that Markdown would interpret."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", text).replace("://", "\\://").replace("www.", "www\\.")


def _write_html(article: Card, citation: Citation) -> str:
    name, *facts = (escape(fact) for fact in _list_facts(article, citation, dated=False))
    url = escape(_choose_url(article, citation))
    named = f'<a href="{url}">{name}</a>' if url else name
    when = article.published
    time = [f'<time datetime="{when.isoformat()}">{write_date(when)}</time>'] if when else []
    source = f' cite="{url}"' if url else ""
    caption = ", ".join((f"<cite>{named}</cite>", *facts[:-1], *time, facts[-1]))
    return (
        f'<figure><blockquote{source} dir="auto"><p>{escape(clean(citation.text))}</p></blockquote>\n'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _write_bibtex(article: Card, citation: Citation) -> str:
    when = article.published
    note = f"{write_place(citation).capitalize()}: {clean(citation.text)}"
    fields = {
        "title": f"{{{_escape_tex(write_title(article))}}}",  # the inner braces keep a style from changing its capitals
        "author": f"{{{_escape_tex(clean(article.byline))}}}" if article.byline else "",
        "howpublished": _escape_tex(clean(article.agency)),
        "year": str(when.year) if when else "",
        "month": name_month(when)[:3].lower() if when else "",
        "url": _choose_url(article, citation),
        "note": _escape_tex(note),
    }
    rows = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}" for name, value in fields.items() if value]
    return f"@misc{{{_make_key(article, citation)},\n" + ",\n".join(rows) + "\n}"


def _escape_tex(text: str) -> str:
    """Return the text escaped so that LaTeX prints it as it is; BibTeX needs paired braces, even escaped ones."""
    apart = re.sub(r"-{2,}|'{2,}|[?!]?`+", lambda match: "\0".join(match[0]), text)  # LaTeX would join them
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


def _write_csl(article: Card, citation: Citation) -> str:
    when = article.published
    item = {
        "id": _make_key(article, citation),
        "type": "article-newspaper",
        "title": write_title(article),
        "author": [{"literal": clean(article.byline)}] if article.byline else None,
        "container-title": clean(article.agency),
        "issued": {"date-parts": [[when.year, when.month, when.day]]} if when else None,
        "URL": _choose_url(article, citation),
        "language": clean(article.language),
        "status": "" if article.status is Status.USABLE else article.status.value,
        "note": f"{write_place(citation).capitalize()}: {clean(citation.text)}",
    }
    return json.dumps([{name: value for name, value in item.items() if value}], indent=2)


def _write_annotation(article: Card, citation: Citation) -> str:
    selectors: list[dict[str, Any]] = [
        {"type": "TextPositionSelector", "start": citation.start, "end": citation.end},
        {"type": "TextQuoteSelector", "exact": citation.text, **_quote_context(article, citation)},
    ]
    text = {"id": name_hash(citation.sha256), "type": "Text", "format": "text/plain"}
    targets: list[dict[str, Any]] = [{"type": "SpecificResource", "source": text, "selector": selectors}]
    if page := safe_address(article.url):
        # Offsets hold for our text only; on the publisher's page only the words can be searched.
        source = {"id": page.partition("#")[0], "type": "Text", "format": "text/html"}
        targets.append({"type": "SpecificResource", "source": source, "selector": selectors[1:]})
    form = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": uuid5(NAMESPACE_URL, f"{name_hash(citation.sha256)}#char={citation.start},{citation.end}").urn,
        "type": "Annotation",
        "motivation": "highlighting",
        "target": targets if len(targets) > 1 else targets[0],
    }
    return json.dumps(form, indent=2)


def name_hash(sha256: str) -> str:
    """Return the RFC 6920 name of the text with this hash: "ni:///sha-256;..."."""
    return f"ni:///sha-256;{urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


def _quote_context(article: Card, citation: Citation) -> dict[str, str]:
    if not isinstance(article, Article):
        return {}
    before = article.text[max(0, citation.start - CONTEXT) : citation.start]
    after = article.text[citation.end : citation.end + CONTEXT]
    return {"prefix": before, "suffix": after}


STYLES: MappingProxyType[str, Callable[[Card, Citation], str]] = MappingProxyType(
    {
        "text": _write_text,
        "markdown": _write_markdown,
        "html": _write_html,
        "bibtex": _write_bibtex,
        "csl": _write_csl,
        "annotation": _write_annotation,
    }
)
"""The forms that `cite` writes: one line of text, Markdown, HTML, BibTeX, CSL-JSON, W3C Web Annotation."""


def _list_facts(article: Card, citation: Citation, *, dated: bool = True) -> list[str]:
    when = write_date(article.published) if article.published and dated else ""
    found = (write_title(article), clean(article.agency), when, write_place(citation))
    return [fact for fact in found if fact]


def _choose_url(article: Card, citation: Citation) -> str:
    return safe_address(citation.url or "") or safe_address(article.url)


def _make_key(article: Card, citation: Citation) -> str:
    return f"{article.id or 'article'}-{citation.start}"
