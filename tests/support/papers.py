"""Printed pages in many layouts, set by a small typesetter, with the sentences that each of them tells.

`LAYOUTS` holds a maker for each: it returns the bytes of the file and its paragraphs. Each line is drawn by itself,
in the order that the layout asks for: column by column, or row by row as layout programs export.
"""

import textwrap
from dataclasses import dataclass, field
from itertools import zip_longest

import fpdf

from tests.support.layouts import story

_PLAIN = str.maketrans("“”‘’", "\"\"''")


def paragraphs_of(number):
    return [text.translate(_PLAIN) for text in story(number).paragraphs]


@dataclass
class Run:
    page: int
    x: float
    y: float
    text: str
    size: float
    style: str = ""
    spacing: float = 0  # between words, in points
    angle: float = 0


@dataclass
class Press:
    """Sets text into columns; lengths are points, y grows downwards. `by_rows`: lines are drawn row by row."""

    family: str = "Times"
    by_rows: bool = False
    runs: list = field(default_factory=list)
    page: int = 1

    def __post_init__(self):
        self.pdf = fpdf.FPDF(unit="pt", format="A4")
        self.pdf.c_margin = 0

    def measure(self, text, size, style=""):
        self.pdf.set_font(self.family, style, size)
        return self.pdf.get_string_width(text)

    def put(self, text, x, y, size=10, style="", page=None, **more):
        self.runs.append(Run(page or self.page, x, y, text, size, style, **more))

    def wrap(self, text, width, size=10, style="", first=0):
        """Return the lines of a text in a width; the first has less room."""
        lines, now = [], ""
        for word in text.split():
            room = width - (0 if lines else first)
            if now and self.measure(f"{now} {word}", size, style) > room:
                lines.append(now)
                now = word
            else:
                now = f"{now} {word}".strip()
        return [*lines, now]

    def lines_of(self, texts, width, size=10, indent=0, gap=0):
        """Return (indent, text, spare room or None for a last line) of each line, "" for a gap."""
        out = []
        for number, text in enumerate(texts):
            first = indent if number or gap else 0
            wrapped = self.wrap(text, width, size, first=first)
            for at, line in enumerate(wrapped):
                left = 0 if at else first
                spare = width - left - self.measure(line, size) if at < len(wrapped) - 1 else None
                out.append((left, line, spare))
            if gap:
                out.append((0, "", None))
        return out

    def fill(self, lines, boxes, size=10, leading=12, justify=False):
        """Put lines into boxes (page, x, top, bottom) one after the other; return the page and y behind the last."""
        waiting = list(lines)
        y = 0
        for page, x, top, bottom in boxes:
            y = top
            while waiting and y <= bottom:
                left, text, spare = waiting.pop(0)
                if not text:
                    if y > top:
                        y += leading / 2
                    continue
                words = text.count(" ")
                self.put(
                    text,
                    x + left,
                    y,
                    size,
                    page=page,
                    spacing=spare / words if justify and spare and words else 0,
                )
                y += leading
        assert not waiting, "the text does not fit"
        return page, y

    def output(self):
        runs = self.runs
        if self.by_rows:
            runs = sorted(runs, key=lambda run: (run.page, round(run.y), run.x))
        for number in range(1, max(run.page for run in runs) + 1):
            self.pdf.add_page()
            for run in runs:
                if run.page == number:
                    self._draw(run)
        return bytes(self.pdf.output())

    def _draw(self, run):
        self.pdf.set_font(self.family, run.style, run.size)
        if run.angle:
            with self.pdf.rotation(run.angle, run.x, run.y):
                self.pdf.text(run.x, run.y, run.text)
        elif run.spacing:
            x = run.x
            for word in run.text.split(" "):
                self.pdf.text(x, run.y, word)
                x += self.pdf.get_string_width(word + " ") + run.spacing
        else:
            self.pdf.text(run.x, run.y, run.text)


def columns(count=2, *, gutter=18, size=10, top=120, bottom=780, left=50, width=495):
    wide = (width - gutter * (count - 1)) / count
    return wide, [(left + number * (wide + gutter), top, bottom) for number in range(count)]


def _newspaper(
    count, *, by_rows, gutter=18, size=10, justify=False, indent=0, gap=6, shift=0, number=1, family="Times"
):
    press = Press(family, by_rows)
    press.put(story(number).headline, 50, 80, 22, "B")
    texts = paragraphs_of(number)
    wide, boxes = columns(count, gutter=gutter)
    lines = press.lines_of(texts, wide, size, indent, gap)
    leading = size * 1.2
    share = (len(lines) // count + 2) * leading
    press.fill(
        lines,
        [(1, x, top + at * shift, top + share) for at, (x, top, _) in enumerate(boxes)],
        size,
        leading,
        justify,
    )
    return press.output(), texts


def _sidebar(*, by_rows):
    """A story beside a narrow list of facts."""
    press = Press(by_rows=by_rows)
    press.put(story(3).headline, 50, 80, 22, "B")
    texts = paragraphs_of(3)
    press.fill(press.lines_of(texts, 330, gap=6), [(1, 50, 120, 780)])
    for number, fact in enumerate(
        ["At a glance", "Cost: 14 million", "Length: 310 metres", "Built: 1911", "Piles: 40"]
    ):
        press.put(fact, 410, 120 + number * 12, 10)
    return press.output(), texts


def _footnotes(count, *, by_rows):
    """Pages of columns with footnotes, a running head and a page number."""
    press = Press(by_rows=by_rows)
    texts = paragraphs_of(4) + paragraphs_of(5)
    wide, boxes = columns(count)
    for page, notes in enumerate(NOTES, 1):
        press.put("The Marrowby Courier  |  3 March 2026", 50, 40, 8, "I", page=page)
        press.put(f"Page {page} of 2", 280, 820, 8, page=page)
        for at, note in enumerate(notes):
            press.put(note, 50, 770 + at * 10, 8, page=page)
    lines = press.lines_of(texts, wide, 11, gap=6)
    share = 120 + (len(lines) // (2 * count) + 2) * 14
    press.fill(lines, [(page, x, 100, share) for page in (1, 2) for x, _, _ in boxes], 11, 14)
    return press.output(), texts


def _pull_quote(*, across):
    """A quotation in large type between the lines of a column, or across both."""
    press = Press()
    texts = paragraphs_of(6)
    wide, boxes = columns(2)
    lines = press.lines_of(texts, wide, gap=6)
    half = (len(lines) // 4 + 2) * 12
    top, low = 100 + half, 100 + half + 70
    rows = [(1, x, 100, top) for x, _, _ in boxes], [(1, x, low, low + half) for x, _, _ in boxes]
    if across:
        press.fill(lines, [*rows[0], *rows[1]])
        press.put('"We have waited for this"', 120, top + 40, 20, "I")
    else:
        press.fill(lines, [rows[0][0], rows[1][0], (1, boxes[1][0], 100, 780)])
        press.put('"We have waited', 52, top + 26, 16, "I")
        press.put('years for this"', 52, top + 44, 16, "I")
    return press.output(), texts


def _jump(words):
    """A story that goes on on a later page."""
    press = Press()
    texts = paragraphs_of(7)
    lines = press.lines_of(texts, 240, gap=6)
    press.put(story(7).headline, 50, 80, 20, "B")
    press.fill(lines[:21], [(1, 50, 120, 780)])
    press.put(words, 50, 120 + 21 * 12 + 8, 9, "I")
    press.fill(lines[21:], [(2, 50, 120, 780)])
    return press.output(), texts


def _dropped_initial():
    """A story in two columns that opens with an initial three lines high."""
    press = Press()
    texts = paragraphs_of(8)
    wide, boxes = columns(2)
    first, rest = texts[0][0], texts[0][1:]
    narrow = press.wrap(rest, wide - 28)[:3]
    after = rest[len(" ".join(narrow)) :].strip()
    press.put(first, 50, 124, 38, "B")
    for number, line in enumerate(narrow):
        press.put(line, 78, 100 + number * 12, 10)
    lines = press.lines_of([after, *texts[1:]], wide, gap=6)
    press.fill(lines, [(1, 50, 136, 420), (1, boxes[1][0], 100, 780)])
    return press.output(), texts


def _captions():
    """Two columns with a picture's caption between the lines of the first."""
    press = Press()
    texts = paragraphs_of(9)
    wide, boxes = columns(2)
    lines = press.lines_of(texts, wide, gap=6)
    press.fill(lines, [(1, 50, 100, 200), (1, 50, 360, 480), (1, boxes[1][0], 100, 780)])
    press.put("The pier at dusk, seen from the old quay", 50, 340, 8, "I")
    return press.output(), texts


def _table():
    """A story with a table of figures."""
    press = Press()
    texts = paragraphs_of(10)
    y = press.fill(press.lines_of(texts[:4], 495, gap=6), [(1, 50, 100, 400)])[1]
    for number, row in enumerate(
        [("Town", "Visitors", "Income"), *((f"Marrow {n}", f"{n}1,200", f"{n}.4 million") for n in range(1, 7))]
    ):
        for column, cell in enumerate(row):
            press.put(cell, 50 + column * 150, y + 10 + number * 14)
    press.fill(press.lines_of(texts[4:], 495, gap=6), [(1, 50, y + 130, 780)])
    return press.output(), texts


def _labels():
    """A programme: a day before each paragraph, in a column of its own."""
    press = Press()
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    texts = paragraphs_of(11)[:6]
    y = 100
    for day, text in zip(days, texts, strict=True):
        press.put(day, 50, y)
        y = press.fill(press.lines_of([text], 380), [(1, 150, y, 780)])[1] + 6
    return press.output(), [f"{day} {text}" for day, text in zip(days, texts, strict=True)]


def _sections(*, by_rows):
    """Three columns below a full line and above another full text."""
    press = Press(by_rows=by_rows)
    press.put(story(12).headline, 50, 60, 22, "B")
    texts, more = paragraphs_of(12), paragraphs_of(13)
    wide, boxes = columns(3, gutter=14)
    y = press.fill(press.lines_of(more[:1], 495), [(1, 50, 90, 200)])[1]
    lines = press.lines_of(texts, wide, indent=10)
    share = y + 14 + (len(lines) // 3 + 1) * 12
    press.fill(lines, [(1, x, y + 14, share) for x, _, _ in boxes])
    press.fill(press.lines_of(more[1:4], 495, gap=6), [(1, 50, share + 40, 800)])
    return press.output(), [*more[:1], *texts, *more[1:4]]


def _watermark():
    """A single column below a word that runs across the page, and a word up its side."""
    press = Press()
    texts = paragraphs_of(14)
    press.put("DRAFT", 180, 600, 90, "B", angle=50)
    press.fill(press.lines_of(texts, 495, gap=6), [(1, 50, 100, 780)])
    press.put("Printed by the county", 30, 500, 8, angle=90)
    return press.output(), texts


def _raised():
    """Powers, squares and the marks of notes."""
    press = Press()
    x, y, texts = 50, 100, []
    for before, mark, after, read in (
        ("The lake holds 10", "6", " litres of water, the board said.", "10⁶ litres"),
        ("Each flat has 70 m", "2", " of floor, more than before.", "70 m² of"),
        ("The board counted the piles", "1", " in the spring of that year.", "the piles in"),
        ("The council did not know of it.", "2", " Nobody had told the mayor.", "know of it. Nobody"),
        ("It was the 4", "th", " time that the vote was put off.", "the 4th time"),
    ):
        for text, size, rise in ((before, 11, 0), (mark, 7, 4), (after, 11, 0)):
            press.put(text, x, y - rise, size)
            x += press.measure(text, size)
        x = 50
        texts.append(read)
        y += 20
    return press.output(), texts


def _two_stories():
    """A story in two columns beside another in one, each with its headline, drawn row by row."""
    press = Press(by_rows=True)
    one, other = paragraphs_of(20), paragraphs_of(21)
    wide, boxes = columns(3, gutter=14)
    press.put("Harbour board to pay for the wall again", 50, 70, 24, "B")
    press.put("Ferry night", boxes[2][0], 70, 16, "B")
    lines = press.lines_of(one, wide, 9.5, indent=9)
    half = (len(lines) // 2 + 1) * 11.4 + 100
    press.fill(lines, [(1, x, 100, half) for x, _, _ in boxes[:2]], 9.5, 11.4)
    press.fill(press.lines_of(other, wide, 9.5, indent=9), [(1, boxes[2][0], 90, 800)], 9.5, 11.4)
    return press.output(), [*one, *other]


def _wrapped():
    """Words in large type between two columns, whose lines run around them."""
    press = Press(by_rows=True)
    texts = [" ".join(paragraphs_of(22))]
    words = texts[0].split()
    wide, boxes = columns(2)
    for column, (x, _, _) in enumerate(boxes):
        for y in range(100, 430, 12):
            near = 45 if 170 <= y <= 260 else 0
            line = []
            while words and press.measure(" ".join([*line, words[0]]), 10) <= wide - near:
                line.append(words.pop(0))
            press.put(" ".join(line), x + near * column, y)
    for number, line in enumerate(('"We start', 'again," she', "said")):
        press.put(line, 258, 205 + number * 20, 16, "I")
    return press.output(), texts


def _boxed():
    """A column that is interrupted by a box of small type, and goes on below the end of the other one."""
    press = Press(by_rows=True)
    texts, box = paragraphs_of(27), paragraphs_of(28)[:2]
    wide, boxes = columns(2)
    lines = press.lines_of(texts, wide, gap=6)
    half = (len(lines) // 2 + 2) * 12 + 100
    left, right = boxes[0][0], boxes[1][0]
    press.fill(lines, [(1, left, 100, 300), (1, left, 430, half + 130), (1, right, 100, half)])
    press.fill(press.lines_of(box, wide - 20, 8.5), [(1, left + 10, 320, 420)], 8.5, 10)
    return press.output(), [*texts, *box]


def _spaces():
    """Two columns made of spaces, as a typewriter makes them."""
    press = Press("Courier")
    texts = paragraphs_of(29)[:6]
    lines = [line for text in texts for line in textwrap.wrap(text, 42)]
    half = (len(lines) + 1) // 2
    for number, (one, two) in enumerate(zip_longest(lines[:half], lines[half:], fillvalue="")):
        press.put(f"{one:<46}{two}", 30, 80 + number * 11, 9)
    return press.output(), texts


def _one_page():
    """A single page with a head, a footnote and a foot."""
    press = Press()
    texts = paragraphs_of(23)
    press.put("The Marrowby Courier | 3 March 2026", 200, 40, 8, "I")
    press.put(story(23).headline, 50, 80, 18, "B")
    press.fill(press.lines_of(texts, 495, 11, gap=6), [(1, 50, 110, 740)], 11, 14)
    press.put("1 The figure of spring did not count the quay.", 50, 770, 8)
    press.put("Page 1 of 1 - Marrowby Courier, 3 Mill Street", 50, 815, 8, "I")
    return press.output(), texts


def _heads():
    """Four pages with one running head on the left and another on the right ones."""
    press = Press()
    texts = [*paragraphs_of(31), *paragraphs_of(32), *paragraphs_of(33)]
    lines = press.lines_of(texts, 400, 11, indent=14)
    end = 90 + (len(lines) // 4 + 1) * 14
    press.fill(lines, [(page, 90, 90, end) for page in range(1, 5)], 11, 14)
    for page in range(1, 5):
        head = f"{page}   THE HARBOUR REVIEW" if page % 2 else f"Ferries and floods   {page}"
        press.put(head, 90 if page % 2 else 300, 50, 9, page=page)
    return press.output(), texts


LAYOUTS = {
    **{
        f"{count} columns by {'rows' if by_rows else 'columns'}": lambda count=count, by_rows=by_rows: _newspaper(
            count, by_rows=by_rows, number=count
        )
        for count in (1, 2, 3, 4)
        for by_rows in (True, False)
    },
    "2 narrow gutter": lambda: _newspaper(2, by_rows=True, gutter=9),
    "3 narrow gutter, justified": lambda: _newspaper(3, by_rows=True, gutter=9, justify=True, number=2),
    "2 justified, indented": lambda: _newspaper(2, by_rows=True, justify=True, indent=12, gap=0, number=3),
    "3 justified, indented": lambda: _newspaper(3, by_rows=False, justify=True, indent=10, gap=0, number=4),
    "2 off the grid": lambda: _newspaper(2, by_rows=True, shift=5, number=5),
    "3 off the grid": lambda: _newspaper(3, by_rows=True, shift=4, number=6, gutter=12),
    "2 in Helvetica": lambda: _newspaper(2, by_rows=True, number=7, family="Helvetica"),
    "sidebar by rows": lambda: _sidebar(by_rows=True),
    "sidebar by columns": lambda: _sidebar(by_rows=False),
    "footnotes": lambda: _footnotes(1, by_rows=False),
    "footnotes in 2 columns": lambda: _footnotes(2, by_rows=False),
    "footnotes in 2 columns by rows": lambda: _footnotes(2, by_rows=True),
    "pull quote": lambda: _pull_quote(across=False),
    "pull quote across": lambda: _pull_quote(across=True),
    "jump line": lambda: _jump("Continued on page 4"),
    "jump line of a wire": lambda: _jump("See PIER, page A4"),
    "dropped initial": _dropped_initial,
    "captions": _captions,
    "table": _table,
    "labels": _labels,
    "sections": lambda: _sections(by_rows=False),
    "sections by rows": lambda: _sections(by_rows=True),
    "watermark": _watermark,
    "two stories": _two_stories,
    "wrapped": _wrapped,
    "boxed": _boxed,
    "spaces": _spaces,
    "5 tight": lambda: _newspaper(5, by_rows=True, gutter=8, size=8, justify=True, number=30),
    "one page": _one_page,
    "odd and even heads": _heads,
}
"""A maker of each layout: the bytes, and the paragraphs that it tells."""

NOTES = (
    ("1 See the county's report of 1998, page 12.", "2 The harbour board has its own figures."),
    ("3 The tannery was not counted.", "4 In the crowns of that year, before the levy was raised."),
)
"""The footnotes of the layouts that have some, page by page."""

RAISED = _raised
"""Makes a page with raised letters; its second value are words that must be read."""

BESIDE = {
    **dict.fromkeys(
        ("sidebar by rows", "sidebar by columns"),
        ("At a glance", "Cost: 14 million", "Length: 310 metres", "Built: 1911", "Piles: 40"),
    ),
    "captions": ("The pier at dusk, seen from the old quay",),
    "table": ("Town Visitors Income", *(f"Marrow {n} {n}1,200 {n}.4 million" for n in range(1, 7))),
}
"""What each layout shows beside its paragraphs."""
