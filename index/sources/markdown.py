"""Read Markdown: headings, list items, quotations and code become blocks of the text.

The text stays as it is, but for two things: what is struck through has been taken back and is left out, and so is what
is no word: the marks of notes and of bold words, the targets of links, and the tags of HTML.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .. import patterns
from ..model import Kind, Metadata
from ..reading.dateline import find_moment
from ..reading.document import Block, Document
from ..reading.lines import TextLine, split_lines
from .superscripts import read_raised
from .text import decode

_FRONT = patterns.compile(r"---[ \t]*\r?\n(?P<fields>(?:(?!---|\.\.\.)[^\n]*\n){0,200})(?:---|\.\.\.)[ \t]*(?:\r?\n|$)")
# The same in TOML, as Hugo has it.
_TOML = patterns.compile(r"\+{3}[ \t]*\r?\n(?P<fields>(?:(?!\+{3})[^\n]*\n){0,200})\+{3}[ \t]*(?:\r?\n|$)")
_FIELD = patterns.compile(r"(?P<name>[A-Za-z_]{2,30})[ \t]*[:=][ \t]*(?P<value>[^\r\n]*)")
_FENCE = patterns.compile(r"`{3,}|~{3,}")
_HEADING = patterns.compile(r"#{1,6}[ \t]+(?=[^\s#])")
_UNDERLINE = patterns.compile(r"(?:=+|-{2,})$")
_RULE = patterns.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_MARKER = patterns.compile(r"(?:>[ \t]?)*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|(?:>[ \t]?)+|(?=\|)")
# A picture, a link's target, a comment, a tag alone, the rule below a table's head: nothing to quote.
_ASIDE = patterns.compile(
    r"!\[[^\]]*\]\([^)]*\)$|\[[^\]]+\]:[ \t]*\S+|<!--.*-->$|</?[a-zA-Z][^>]*>$|\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t:|-]*$"
)
_LINK = patterns.compile(r"!?\[(?P<words>[^\]]{0,300})\]\([^)]{0,2000}\)")
# What is struck through; a mark of a note that no definition follows; raised letters. No empty line stands within.
_STRUCK = patterns.compile(
    r"(?<![~\\])~~(?![~\s])(?:[^~\n]|\n(?!\s)){1,2000}~~(?!~) ?|<(del|s|strike)>[^<]{0,2000}</\1> ?"
)
_REFERENCE = patterns.compile(r"(?<=\S)\[\^[^\]\s]{1,40}\](?!:)")
_RAISED = patterns.compile(r"<sup>([^<\n]{1,40})</sup>")
# Words in bold, within a paragraph: nobody says the asterisks. None in code, and no power: 2**3.
_STRONG = patterns.compile(
    r"(?<![\\*`\w])\*\*(?![\s*])(?P<words>(?:[^*\n`]|\*(?!\*)|\n(?!\s)){1,2000})(?<!\s)\*\*(?!\*)"
)
_LINKED = patterns.compile(
    r"(?<![!\\`\w\]])\[(?P<words>[^\[\]\n]{1,300})\]\([^()\n]{0,2000}+(?:\([^()\n]{0,200}+\)[^()\n]{0,200}+)?\)"
)
_TAG = patterns.compile(
    r"(?<!`)</?(?:a|abbr|b|blockquote|br|center|cite|code|dd|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|img|ins"
    r"|kbd|li|mark|ol|p|q|section|small|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)"
    r"(?:\s[^<>\n]{0,1000})?/?>(?!`)",
    re.IGNORECASE,
)
_COMMENT = (
    r"<!--(?:[^-<\n]|-(?!->)|<(?!!--)){0,2000}+-->"  # none in another, or each would be looked through for its end
)
_REMARK = patterns.compile(rf"(?<=\S)[ \t]?{_COMMENT}(?!\S)|(?<=\S){_COMMENT}|(?<=\S[ \t]){_COMMENT}")
# Characters of a line that are searched for marks.
_LOOK = 2000


def read_markdown(data: bytes, source: str) -> Document:
    """Return the decoded text with its blocks, and what its front matter and first heading state.

    What is struck through, marks of notes and of bold words, targets of links and tags are not in the text.

    Raises:
        UnsupportedFormat: the bytes are not text.
    """
    text = _take_back(decode(data, source))
    front = _FRONT.match(text) or _TOML.match(text)
    start = front.end() if front else 0
    known = _read_front_matter(front["fields"]) if front else Metadata()
    blocks = _read_blocks(text, start)
    heading = next((text[block.start : block.end] for block in blocks[:3] if block.kind is Kind.HEADLINE), "")
    if front:
        blocks.insert(0, Block(0, start, Kind.FURNITURE))
    return Document(text, replace(known, title=known.title or _strip_marks(heading)), tuple(blocks))


def drop_strong(text: str) -> str:
    """Return the text without the marks of bold words, as people type or paste them, too: what they enclose stays."""
    return _STRONG.sub(r"\g<words>", text)


def _take_back(text: str) -> str:
    """Return the text without what is struck through or no word; powers get raised digits."""
    text = drop_strong(_REFERENCE.sub("", _STRUCK.sub("", text)))
    text = _RAISED.sub(lambda found: read_raised(text[max(0, found.start() - 40) : found.start()], found[1]), text)
    return _TAG.sub(_read_tag, _LINKED.sub(r"\g<words>", _REMARK.sub("", text)))


def _read_tag(found: re.Match[str]) -> str:
    """Return what a tag of HTML leaves behind: a space for a line break, else nothing."""
    return " " if found.group().lower().startswith("<br") else ""


def _read_front_matter(front: str) -> Metadata:
    """Return the title, date, author and address that the front matter states."""
    fields = filter(None, map(_FIELD.match, front.splitlines()))
    stated = {found["name"].lower(): found["value"].strip().strip("\"'[]").strip() for found in fields}
    return Metadata(
        title=stated.get("title", ""),
        published=find_moment(stated.get("date", "") or stated.get("published", "")),
        byline=stated.get("author", "") or stated.get("authors", "") or stated.get("byline", ""),
        agency=stated.get("agency", ""),
        url=stated.get("url", "") or stated.get("canonical_url", "") or stated.get("canonical", ""),
    )


def _strip_marks(heading: str) -> str:
    """Return a heading without its marks for emphasis, code and links."""
    return " ".join(re.sub(r"\*+|`+|\b_+|_+\b", "", _LINK.sub(lambda link: link["words"], heading)).split())


def _read_blocks(text: str, begin: int) -> list[Block]:
    """Return the blocks of the text from `begin` on: headings, paragraphs, list items, code."""
    blocks: list[Block] = []
    fence, last = "", None
    for line in split_lines(text):
        words = text[line.start : min(line.end, line.start + _LOOK)]
        mark = _FENCE.match(words)
        if line.start < begin:
            continue
        if fence or mark:
            blocks.append(Block(line.start, line.end, Kind.FURNITURE))
            fence, last = _track_fence(fence, words, mark), None
            continue
        goes_on = last is not None and not line.gap
        if goes_on and _UNDERLINE.match(words) and last == "":
            blocks[-1] = Block(blocks[-1].start, blocks[-1].end, Kind.HEADLINE)
            blocks.append(Block(line.start, line.end, Kind.FURNITURE))
            last = None
            continue
        block, marker = _read_block(line, words)
        if block.start == block.end:
            last = None
        elif goes_on and block.kind in (None, Kind.BODY) and (not marker or marker == last == ">"):
            blocks[-1] = Block(blocks[-1].start, block.end, blocks[-1].kind)
        else:
            blocks.append(block)
            last = marker if block.kind in (None, Kind.BODY) else None
    return blocks


def _track_fence(fence: str, words: str, mark: re.Match[str] | None) -> str:
    """Return the code fence that is open after this line, "" if none is."""
    if not fence:
        return mark.group() if mark else ""
    return "" if mark and words == mark.group() and words.startswith(fence) else fence


def _read_block(line: TextLine, words: str) -> tuple[Block, str]:
    """Return a line as a block without its opening marker, and that marker, "" if it has none."""
    heading = _HEADING.match(words)
    if heading:
        inner = words.rstrip("#")
        closed = inner != words and inner.endswith((" ", "\t"))
        end = line.start + len(inner.rstrip(" \t")) if closed else line.end
        return Block(line.start + heading.end(), end, Kind.HEADLINE), "#"
    if _RULE.match(words) or _ASIDE.match(words):
        return Block(line.start, line.end, Kind.FURNITURE), "-"
    marker = _MARKER.match(words)
    if marker is None:
        return Block(line.start, line.end), ""
    sign = ">" if words.startswith(">") and set(marker.group()) <= set("> \t") else "-"
    return Block(line.start + marker.end(), line.end, Kind.BODY), sign
