"""What a page shows: its blocks of text, by the one white-space rule that browsers follow. Pure.

The rule is that of `innerText`: runs of white space become one space inside a block, `<br>` is a line
break, `<pre>` keeps its own, hidden elements have no text. Style sheets are read only where the page
holds them and only for selectors of one tag, class or id; a linked style sheet is never fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .css import Style, declared, rules_in

# Rendered as boxes of their own by every browser's default style sheet.
_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main math menu nav ol "
    "optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp"
)
# Never rendered as text: controls, embedded content, what a browser with scripts passes over.
_HIDDEN_NAMES = (
    "area audio base basefont canvas datalist embed frame frameset head iframe input link meta meter noembed "
    "noframes noscript object param progress rp script select source style svg template textarea title track "
    "video"
)
_HIDDEN = frozenset(_HIDDEN_NAMES.split())
_SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class Piece:
    """A run of text between two block borders, as the page shows it.

    `element` is the block that holds it, `nodes` the text nodes it was made of (an element, and
    whether its text or its tail), `linked` how many of its characters are in links.
    """

    text: str
    element: Any
    nodes: list[tuple[Any, bool]] = field(default_factory=list)
    linked: int = 0

    @property
    def tag(self) -> str:
        """The name of the block's element."""
        return str(self.element.tag)


@dataclass(slots=True)
class Shown:
    """What a page shows: its pieces in order, and the elements that it hides."""

    pieces: list[Piece] = field(default_factory=list)
    hidden: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that the page shows, every run of white space as one space."""
        return fold(" ".join(piece.text for piece in self.pieces))

    def remove_hidden(self) -> None:
        """Take the hidden elements out of the tree, but not those that are no text for anybody, such as scripts."""
        for element in self.hidden:
            if element.tag not in _HIDDEN or element.tag in {"noscript", "template"}:
                element.drop_tree()


def show(root: Any, *, styles: bool = True) -> Shown:
    """Return what the tree shows; `styles` False passes over the style sheets in it."""
    from lxml import etree

    rules = rules_in(root) if styles else {}
    collector = _Collector(root)
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))  # without recursion
    hidden: Any = None
    for event, element in walker:
        if event == "start":
            box = _box(element, rules, in_details=collector.in_details)
            if box.display != "none" or element is root:
                collector.start(element, box)
            elif element is not hidden:
                hidden = element
                collector.shown.hidden.append(element)
                walker.skip_subtree()
        else:
            if event == "end" and element is not hidden:
                collector.end(element)
            if element is not root:
                collector.add(element, tail=True)
    collector.border()
    return collector.shown


def fold(text: str) -> str:
    """Return the text with every run of white space as one space, for comparison."""
    return " ".join(text.split())


class _Box(NamedTuple):
    """How an element is shown: as "block", "inline" or "none"; None in the others means as around it.

    `pre` keeps white space, `unseen` takes its place but shows nothing, `items` makes blocks of its children.
    """

    display: str
    pre: bool | None = None
    unseen: bool | None = None
    items: bool = False


_NONE, _INLINE = _Box("none"), _Box("inline")
_BOXES = (
    dict.fromkeys(_BLOCK_NAMES.split(), _Box("block"))
    | dict.fromkeys(("pre", "listing", "xmp", "plaintext"), _Box("block", pre=True))
    | dict.fromkeys(_HIDDEN, _NONE)
)


class _Collector:
    """Gathers text nodes into pieces while the tree is walked."""

    def __init__(self, root: Any) -> None:
        self.shown = Shown()
        self._open = [root]  # the blocks around the current place
        self._boxes = [_Box("block")]
        self._tags = [""]
        self._parts: list[str] = []
        self._nodes: list[tuple[Any, bool]] = []
        self._linked = 0
        self._links = 0
        self._after_space = True

    @property
    def in_details(self) -> bool:
        """Whether the element that comes now is a child of a `<details>`."""
        return self._tags[-1] == "details"

    def border(self) -> None:
        """End the piece that is being gathered."""
        if not self._parts:
            return
        text = "".join(self._parts).strip("\n ")
        if text.strip():
            self.shown.pieces.append(Piece(text, self._open[-1], self._nodes, self._linked))
        self._parts, self._nodes, self._linked, self._after_space = [], [], 0, True

    def start(self, element: Any, box: _Box) -> None:
        """Go into an element that is shown."""
        around = self._boxes[-1]
        tag = element.tag
        if around.pre or around.unseen or around.items:
            box = _Box(
                "block" if around.items and box.display == "inline" else box.display,
                around.pre if box.pre is None else box.pre,
                around.unseen if box.unseen is None else box.unseen,
                box.items,
            )
        self._boxes.append(box)
        self._tags.append(tag)
        if box.display == "block":
            self.border()
            self._open.append(element)
        elif tag == "br":
            self._break()
        self._links += tag == "a"
        self.add(element, tail=False)

    def end(self, element: Any) -> None:
        """Leave an element that is shown."""
        box = self._boxes.pop()
        self._tags.pop()
        if box.display == "block":
            self.border()
            self._open.pop()
        self._links -= element.tag == "a"

    def _break(self) -> None:
        while self._parts and self._parts[-1].endswith(" "):
            self._parts[-1] = self._parts[-1].rstrip(" ")
            if self._parts[-1]:
                break
            self._parts.pop()
        if self._parts and self._parts[-1].endswith("\n"):
            self.border()  # an empty line, which is how old pages part their paragraphs
            return
        self._parts.append("\n")
        self._after_space = True

    def add(self, element: Any, *, tail: bool) -> None:
        """Take the element's text, or its tail, as the element around it is shown."""
        text = element.tail if tail else element.text
        if not text:
            return
        box = self._boxes[-1]
        if box.unseen or (self._after_space and not box.pre and not text.strip(" \t\n\r\f")):
            return
        if box.pre:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        else:
            text = _SPACE.sub(" ", text)
            if self._after_space and text[0] == " ":
                text = text[1:]
        if text:
            self._parts.append(text)
            self._nodes.append((element, tail))
            if self._links:
                self._linked += len(text)
            self._after_space = not box.pre and text[-1] == " "


def _box(element: Any, rules: dict[str, Style], *, in_details: bool) -> _Box:
    """Return how an element is shown, by its name, the page's style sheets, and its attributes."""
    tag = element.tag
    box = _BOXES.get(tag, _INLINE)
    if box is _NONE or not (rules or in_details or element.attrib or tag == "dialog"):
        return box
    parent = element.getparent() if in_details and tag != "summary" else None
    folded = parent is not None and parent.get("open") is None  # of a closed <details> only the summary shows
    if element.get("hidden") is not None or folded or (tag == "dialog" and element.get("open") is None):
        box = _NONE
    style: Style = {}
    for key in _keys(element, tag) if rules else ():
        style |= rules.get(key, {})
    if written := element.get("style"):
        style |= declared(written)
    if not style:
        return box
    return _Box(
        style.get("display", box.display),
        pre=style["white-space"] == "pre" if "white-space" in style else box.pre,
        unseen=style["visibility"] in {"hidden", "collapse"} if "visibility" in style else None,
        items="items" in style,
    )


def _keys(element: Any, tag: str) -> Iterator[str]:
    """Yield the selectors that may match the element, weakest first."""
    yield tag
    for name in (element.get("class") or "").split()[:50]:
        yield f".{name}"
        yield f"{tag}.{name}"
    if identity := element.get("id"):
        yield f"#{identity}"
        yield f"{tag}#{identity}"
