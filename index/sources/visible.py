"""Collect the text that a page shows, by the white-space rule that browsers follow. Pure.

The rule is that of `innerText`: white space inside a block becomes one space, `<br>` is a line break,
`<pre>` keeps its own white space, hidden elements have no text; a `<details>` counts as opened, for a reader
opens it with one click. Of style sheets, only those in the page
are read, and only selectors of one tag, class or id; a linked style sheet is never fetched. Text put far outside the
window, cut down to nothing or set in letters of no size is hidden, too. What is transparent is not: pages fade it in.

Two things differ from `innerText`: text that is struck through has been taken back and is no text here, and raised or
lowered letters are read as what they mean (`superscripts.py`), so that the mark of a note is no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .. import patterns
from .css import Style, collect_rules, parse_declarations
from .superscripts import read_lowered, read_raised

# Blocks in every browser's default style sheet.
_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main math menu nav ol "
    "optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp"
)
# Never rendered as text: controls, embedded content, what a browser with scripts ignores.
_HIDDEN_NAMES = (
    "area audio base basefont canvas datalist embed frame frameset head iframe input link meta meter noembed "
    "noframes noscript object param progress rp script select source style svg template textarea title track "
    "video"
)
_HIDDEN = frozenset(_HIDDEN_NAMES.split())
_REMOVED = frozenset({"noscript", "script", "style", "template"})
_SCRIPTS = frozenset({"a", "sup", "sub"})
_STRUCK_NAMES = ("del", "s", "strike")
_SPACE = patterns.compile(r"[\t\n\r\f][ \t\n\r\f]*| [ \t\n\r\f]+")  # a single space may stay
_BRACKETED = patterns.compile(r"\[\d{1,3}\]")


@dataclass(slots=True)
class TextRun:
    """A run of text between two block borders, as the page shows it.

    `element` is the block that contains it, and `tag` that one's name; `nodes` are its text nodes, each as an element
    and whether it is that element's tail; `linked` is how many of its characters are in links.
    """

    text: str
    element: Any
    tag: str
    nodes: list[tuple[Any, bool]] = field(default_factory=list)
    linked: int = 0


@dataclass(slots=True)
class Shown:
    """What a page shows: its runs of text in order, and the elements that it hides."""

    runs: list[TextRun] = field(default_factory=list)
    hidden: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that the page shows, every run of white space as one space."""
        return fold(" ".join(run.text for run in self.runs))

    def remove_hidden(self) -> None:
        """Remove the hidden elements from the tree, except controls, media and what states facts of the page."""
        for element in self.hidden:
            stated = element.tag == "script" and element.get("type") == "application/ld+json"
            if not stated and (element.tag not in _HIDDEN or element.tag in _REMOVED):
                element.drop_tree()


def show(root: Any, *, styles: bool = True) -> Shown:
    """Return what the tree shows; with `styles` False, its style sheets are ignored."""
    from lxml import etree

    rules = collect_rules(root) if styles else {}
    collector = _Collector(root)
    walker = etree.iterwalk(root, events=("start", "end"))  # without recursion
    hidden: Any = None
    for event, element in walker:
        tag = element.tag
        if event == "start":
            box = _compute_box(element, tag, rules)
            if box.display != "none" or element is root:
                collector.start(element, tag, box)
            elif element is not hidden:
                hidden = element
                collector.shown.hidden.append(element)
                walker.skip_subtree()
        else:
            if element is not hidden:
                collector.end(element, tag)
            if (text := element.tail) and element is not root:
                collector.add(element, text, tail=True)
    collector.end_run()
    return collector.shown


def fold(text: str) -> str:
    """Return the text with every run of white space as one space, for comparison."""
    return " ".join(text.split())


class _Box(NamedTuple):
    """How an element is shown: as "block", "inline" or "none"; None in the others means as its parent.

    `pre` keeps white space, `unseen` takes up space but shows nothing, `tiny` has letters of no size, `items` makes its
    children blocks, what is `struck` through is taken back with all that it holds.
    """

    display: str
    pre: bool | None = None
    unseen: bool | None = None
    tiny: bool | None = None
    items: bool = False
    struck: bool = False

    def put_into(self, around: _Box) -> _Box:
        """Return how an element that is shown so is shown in one that is shown as `around` says."""
        if not (around.pre or around.unseen or around.tiny or around.items or around.struck):
            return self
        return _Box(
            "block" if around.items and self.display == "inline" else self.display,
            around.pre if self.pre is None else self.pre,
            around.unseen if self.unseen is None else self.unseen,
            around.tiny if self.tiny is None else self.tiny,
            self.items,
            self.struck or around.struck,
        )


_NONE, _INLINE, _BLOCK = _Box("none"), _Box("inline"), _Box("block")
_BOXES = (
    dict.fromkeys(_BLOCK_NAMES.split(), _BLOCK)
    | dict.fromkeys(("pre", "listing", "xmp", "plaintext"), _Box("block", pre=True))
    | dict.fromkeys(_HIDDEN, _NONE)
    | dict.fromkeys(_STRUCK_NAMES, _Box("inline", struck=True))
)


class _Collector:
    """Collects text nodes into runs while the tree is walked."""

    def __init__(self, root: Any) -> None:
        self.shown = Shown()
        self._open = [root]  # the blocks that are open
        self._boxes = [_BLOCK]
        self._parts: list[str] = []
        self._nodes: list[tuple[Any, bool]] = []
        self._linked = 0
        self._links = 0
        self._after_space = True
        # of open links, <sup> and <sub>: parts, linked and anchors so far, and whether it is an anchor itself
        self._scripts: list[tuple[int, int, int, bool]] = []
        self._anchors = self._anchored = 0  # links to a place of a page: so far, and open

    def end_run(self) -> None:
        """End the current run."""
        if not self._parts:
            return
        text = "".join(self._parts).strip("\n ")
        if text.strip():
            block = self._open[-1]
            self.shown.runs.append(TextRun(text, block, str(block.tag), self._nodes, self._linked))
        self._parts, self._nodes, self._linked, self._after_space = [], [], 0, True

    def start(self, element: Any, tag: str, box: _Box) -> None:
        """Enter an element that is shown."""
        around = self._boxes[-1]
        if around is not _BLOCK and around is not _INLINE:  # as nearly all are
            box = box.put_into(around)
        self._boxes.append(box)
        if box is _BLOCK or box.display == "block":
            if self._parts:
                self.end_run()
            self._open.append(element)
        elif tag == "br":
            self._break()
        if tag in _SCRIPTS:
            self._links += tag == "a"
            anchor = tag == "a" and "#" in (element.get("href") or "")
            self._scripts.append((len(self._parts), self._linked, self._anchors, anchor))
            self._anchors += anchor
            self._anchored += anchor
        if text := element.text:
            self.add(element, text, tail=False)

    def end(self, element: Any, tag: str) -> None:
        """Leave an element that is shown."""
        if tag in _SCRIPTS:
            place, linked, anchors, anchor = self._scripts.pop()
            self._anchored -= anchor
            self._links -= tag == "a"
            self._read_script(element, place, linked, anchors)
        box = self._boxes.pop()
        if box is _BLOCK or box.display == "block":
            if self._parts:
                self.end_run()
            self._open.pop()

    def _read_script(self, element: Any, place: int, linked: int, anchors: int) -> None:
        """Put what raised or lowered letters mean in their place; the mark of a note may be a link, and is no word."""
        noted = "noteref" in f"{element.get('role')} {element.get('epub:type')}"
        if element.tag == "a" and not noted and not (element.get("href") or "").startswith("#"):
            return  # as nearly all links
        parts = self._parts[place : place + 9]
        if not 0 < sum(map(len, parts)) <= 60:
            return
        text = "".join(parts)
        before = "".join(part[-40:] for part in self._parts[max(0, place - 5) : place])[-40:]
        read = text
        if element.tag == "sub":
            read = read_lowered(before, text)
        elif element.tag == "sup":
            read = read_raised(before, text, linked=self._anchored > 0 or self._anchors > anchors)
        elif before.strip() and (noted or _BRACKETED.fullmatch(text.strip())):
            read = read_raised(before, text, linked=True)
        if read == text or len(self._parts) > place + 9:
            return
        self._parts[place:] = [read] if read else []
        self._linked = linked
        self._after_space = self._parts[-1].endswith(" ") if self._parts else True

    def _break(self) -> None:
        while self._parts and self._parts[-1].endswith(" "):
            self._parts[-1] = self._parts[-1].rstrip(" ")
            if self._parts[-1]:
                break
            self._parts.pop()
        if self._parts and self._parts[-1].endswith("\n"):
            self.end_run()  # an empty line: old pages separate paragraphs so
            return
        self._parts.append("\n")
        self._after_space = True

    def add(self, element: Any, text: str, *, tail: bool) -> None:
        """Add the element's text, or its tail, by the rules of the element that contains it."""
        box = self._boxes[-1]
        if self._after_space and not box.pre and not text.strip(" \t\n\r\f"):
            return
        if box.unseen or box.tiny or box.struck:
            return
        if box.pre:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        else:
            if "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
                text = _SPACE.sub(" ", text)
            if self._after_space and text[0] == " ":
                text = text[1:]
        if text:
            self._parts.append(text)
            self._nodes.append((element, tail))
            if self._links:
                self._linked += len(text)
            self._after_space = not box.pre and text[-1] == " "


def _compute_box(element: Any, tag: str, rules: dict[str, Style]) -> _Box:
    """Return how an element is shown, by its name, the page's style sheets, and its attributes."""
    box = _BOXES.get(tag, _INLINE)
    if box is _NONE:
        return box
    if element.get("hidden") is not None or (tag == "dialog" and element.get("open") is None):
        box = _NONE
    style: Style = {}
    for key in _list_selectors(element, tag) if rules else ():
        if found := rules.get(key):
            style |= found
    if written := element.get("style"):
        style |= parse_declarations(written)
    if not style:
        return box
    return _Box(
        style.get("display", box.display),
        pre=style["white-space"] == "pre" if "white-space" in style else box.pre,
        unseen=style["visibility"] in {"hidden", "collapse"} if "visibility" in style else None,
        tiny=style["font-size"] == "0" if "font-size" in style else None,
        items="items" in style,
        struck=box.struck or "text-decoration" in style,
    )


def _list_selectors(element: Any, tag: str) -> Iterator[str]:
    """Yield the selectors that may match the element, weakest first."""
    yield tag
    for name in (element.get("class") or "").split()[:50]:
        yield f".{name}"
        yield f"{tag}.{name}"
    if identity := element.get("id"):
        yield f"#{identity}"
        yield f"{tag}#{identity}"
