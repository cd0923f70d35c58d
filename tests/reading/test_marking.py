"""What the wire rules make of stories as agencies, papers and people write them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Kind, Metadata, Status
from index.reading.dateline import parse_dateline, parse_page_date
from index.reading.document import Block
from index.reading.furniture import is_furniture, parse_byline
from index.reading.marking import make_story_key, mark
from tests.support.paths import SEED, need_shared

KST = timezone(timedelta(hours=9))
KINDS = {"h": Kind.HEADLINE, "n": Kind.NOTE, "b": Kind.BODY, "f": Kind.FURNITURE}

# Name, text, the kinds of its paragraphs (h, n, b, f), and what is to be found.
SAMPLES: list[tuple[str, str, str, dict[str, Any]]] = [
    (
        "first lead of an agency's page",
        """Go to Contents

(LEAD) Harbor city halts ferry service as storm nears

All News 09:10 March 04, 2024

(ATTN: ADDS mayor's remarks in 3rd para, photo)

MOKPO, March 4 (Harbor News) -- Ferries stopped running on Monday as a storm moved toward the south coast.

"No boat leaves before Wednesday," Mayor Han Do-yun said.

Schools stay open.

(END)
""",
        "fhfnbbbf",
        {
            "title": "Harbor city halts ferry service as storm nears",
            "lead": 1,
            "published": datetime(2024, 3, 4, 9, 10),
            "agency": "Harbor News",
            "cities": ("MOKPO",),
            "note": "ADDS mayor's remarks in 3rd para, photo",
            "status": Status.USABLE,
        },
    ),
    (
        "update with bullets of another agency, credits and standards",
        """UPDATE 2-Copper giant cuts output target, shares fall

(Adds analyst comment, share price)

By Marta Quispe and Jon Elgar

SANTIAGO, May 9 (Cordillera) - Chile's largest copper mine cut its output target on Thursday.

Shares fell 4 percent.

(Reporting by Marta Quispe and Jon Elgar; Editing by Ann Low)

Our Standards: The Cordillera Principles.
""",
        "hnfbbff",
        {
            "title": "Copper giant cuts output target, shares fall",
            "lead": 2,
            "byline": "Marta Quispe and Jon Elgar",
            "agency": "Cordillera",
            "cities": ("SANTIAGO",),
            "note": "Adds analyst comment, share price",
        },
    ),
    (
        "correction by prefix",
        """CORRECTED-UPDATE 1-Court clears bank of fraud

LONDON, June 3 (Thames Wire) - A court cleared the bank on Monday.

The bank welcomed the ruling.
""",
        "hbb",
        {"title": "Court clears bank of fraud", "lead": 1, "status": Status.CORRECTED, "cities": ("LONDON",)},
    ),
    (
        "correction in brackets after a lead number",
        """(3rd LD) (CORRECTED) Minister resigns over tax row
SEOUL, July 1 (Harbor News) -- The minister resigned on Monday.
He gave no reason.
""",
        "hbb",
        {"title": "Minister resigns over tax row", "lead": 3, "status": Status.CORRECTED},
    ),
    (
        "refiled story",
        """REFILE-Dam breaks after heavy rain

(Refiles to fix typo in headline)

LAOAG, Aug. 2 (Isles Press) - A dam broke on Friday, officials said.
""",
        "hnb",
        {"title": "Dam breaks after heavy rain", "status": Status.CORRECTED, "note": "Refiles to fix typo in headline"},
    ),
    (
        "killed story",
        """(KILL) Ministry denies plan for new base

EDITORS: Please kill the story below; the ministry says that the document is forged.

SEOUL, Sept. 9 (Harbor News) -- The ministry denied on Tuesday that it plans a base.
""",
        "hnb",
        {"title": "Ministry denies plan for new base", "status": Status.WITHDRAWN},
    ),
    (
        "withdrawal with a note in words",
        """WITHDRAWN: Team signs striker

This story has been withdrawn because the club denies the report.

MADRID (Iberia Sports) — The club signed a striker on Sunday.
""",
        "hnb",
        {"title": "Team signs striker", "status": Status.WITHDRAWN, "agency": "Iberia Sports", "cities": ("MADRID",)},
    ),
    (
        "slug, lead-writethru and signature of an older wire",
        """BC-EU--Floods,2nd Ld-Writethru/0612
Floods cut off villages in two valleys
Eds: Updates with death toll; changes dateline.
By ANNA KOWALCZYK
Continental Press Writer
KLODZKO, Poland (CP) — Floods cut off a dozen villages on Saturday, officials said.
"We have no bridge left," the mayor said.
___
Continental Press writer Jan Novak in Prague contributed to this report.
""",
        "fhnfhbbff",
        {
            "title": "Floods cut off villages in two valleys",
            "lead": 2,
            "byline": "ANNA KOWALCZYK",
            "cities": ("KLODZKO",),
            "agency": "CP",
            "note": "Updates with death toll; changes dateline.",
        },
    ),
    (
        "an agency's hands under the last line",
        """Leaders meet on fishing rights

Nuuk, April 5, 2024 (Polar Agency) - Leaders of three nations met on Friday.

They meet again in May.

bur-kma/gle
""",
        "hbbf",
        {"published": datetime(2024, 4, 5), "cities": ("Nuuk",), "agency": "Polar Agency"},
    ),
    (
        "agency between slashes",
        """MOSCOW, January 3. /VOLGA/. The institute has opened a new laboratory, its director said.

The laboratory employs forty people.
""",
        "bb",
        {"cities": ("MOSCOW",), "agency": "VOLGA", "title": ""},
    ),
    (
        "company's release",
        """Ardent Pumps opens plant in Ohio

DAYTON, Ohio, Feb. 6, 2024 /NewsLine/ -- Ardent Pumps opened a plant on Tuesday.

For more, contact Jo Reed, 555-0100.

jo.reed@example.com
""",
        "hbbf",
        {"cities": ("DAYTON",), "agency": "NewsLine", "published": datetime(2024, 2, 6)},
    ),
    (
        "two cities joined by a word, no date",
        """Border reopens after nine years

ASUNCION and POSADAS (River News) — The border reopened on Sunday.
""",
        "hb",
        {"cities": ("ASUNCION", "POSADAS"), "agency": "River News", "published": None},
    ),
    (
        "broadcaster's page, byline with its house, no city",
        """Breaking: Tunnel fire under control

By Lena Ortiz, CNN
Updated 3:05 PM EST, Wed January 10, 2024

(CNN) — A tunnel fire was under control on Wednesday, firefighters said.

Twelve people were taken to hospitals.
""",
        "hffbb",
        {
            "byline": "Lena Ortiz",
            "published": None,
            "changed": datetime(2024, 1, 10, 15, 5, tzinfo=timezone(timedelta(hours=-5))),
            "agency": "CNN",
            "cities": (),
        },
    ),
    (
        "published and updated with a zone",
        """Rice price rises again
Published: May 2, 2024 08:30 KST
Updated: May 2, 2024 11:45 KST
Facebook Twitter Email Print
The price of rice rose for the third month, the ministry said.
Farmers blamed the weather.
Related Articles
Rain delays planting in the south
Ministry to open its stores
Copyright 2024 Harbor News. All rights reserved.
""",
        "hfffbbffff",
        {
            "title": "Rice price rises again",
            "published": datetime(2024, 5, 2, 8, 30, tzinfo=KST),
            "changed": datetime(2024, 5, 2, 11, 45, tzinfo=KST),
        },
    ),
    (
        "numeric zone",
        """Museum returns bronze head
Posted on 2024-02-29T23:59:30+01:00

The museum has returned a bronze head, it said.
""",
        "hfb",
        {"published": datetime(2024, 2, 29, 23, 59, 30, tzinfo=timezone(timedelta(hours=1)))},
    ),
    (
        "twelve-hour clock and Greenwich",
        """Parliament votes on pensions

June 30, 2024, 12:15 a.m. GMT

Parliament voted on pensions late on Saturday.
""",
        "hfb",
        {"published": datetime(2024, 6, 30, 0, 15, tzinfo=UTC)},
    ),
    (
        "page lines above the headline",
        """Skip to main content
Home > World > Asia
Subscribe
World | Asia | Economy
(2nd LD) Central bank holds rate for fifth month
By Seo Min-ah
SEOUL, Oct. 11 (Harbor News) -- The central bank held its rate on Friday.
The decision was unanimous.
Send Feedback
Most read
Baseball: Bears win seventh straight game
""",
        "ffffhfbbfff",
        {"title": "Central bank holds rate for fifth month", "lead": 2, "byline": "Seo Min-ah"},
    ),
    (
        "end mark in the last line of the story",
        """(URGENT) Quake of magnitude 6 strikes off east coast

SENDAI, Dec. 1 (Isles Press) -- A strong quake struck off the coast, the weather agency said. (END)

news@example.org
Thanks for your feedback!
""",
        "hbfff",
        {"title": "Quake of magnitude 6 strikes off east coast", "lead": 0},
    ),
    (
        "minus thirty minus, and what follows it",
        """Strike ends at harbor

Dock workers ended their strike on Monday. They had walked out over pay and night shifts in March.

"We got what we asked for," their leader said.

-30-

Photo desk: two pictures moved
""",
        "hbbff",
        {"title": "Strike ends at harbor"},
    ),
    (
        "signs that part sections do not end a text",
        """The fog lifted.

###

Then the boats went out, all of them.

* * *

Nobody spoke.
""",
        "bfbfb",
        {"title": ""},
    ),
    (
        "embargo",
        """EMBARGOED UNTIL 00:01 GMT, Jan 4, 2025

Study finds fewer bees in city parks

The number of bees in parks has halved, a study says.
""",
        "nhb",
        {"title": "Study finds fewer bees in city parks", "embargo": datetime(2025, 1, 4, 0, 1, tzinfo=UTC)},
    ),
    (
        "an embargo in small letters",
        """Under embargo until 2025-01-04 09:00

Study finds fewer bees in city parks

Embargoed goods were found on 4 January 2025 in the port of Pellan.
""",
        "nhb",
        {"title": "Study finds fewer bees in city parks", "embargo": datetime(2025, 1, 4, 9, 0)},
    ),
    (
        "a note over three lines",
        """(LEAD) Players agree to new league format
(ATTN: UPDATES with players' comments
in paras 4-6; ADDS byline,
photo)
By Oh Ji-ho
BUSAN, Nov. 2 (Harbor News) -- Players agreed to a new format on Saturday.
""",
        "hnfb",
        {"note": "UPDATES with players' comments in paras 4-6; ADDS byline, photo", "byline": "Oh Ji-ho"},
    ),
    (
        "a series in brackets",
        """(Harbor Interview) Diver, 81, says sea has changed

By Yang Su-jin

JEJU, Aug. 8 (Harbor News) -- She has dived for sixty years.

"The sea is warmer," she said.
""",
        "hfbb",
        {"title": "Diver, 81, says sea has changed", "lead": 0, "byline": "Yang Su-jin"},
    ),
    (
        "headline and a second line under it",
        """Voters reject bridge toll

Council to look for money elsewhere

PORTLAND, Maine (Granite Press) — Voters rejected the toll on Tuesday.
""",
        "hhb",
        {"title": "Voters reject bridge toll", "cities": ("PORTLAND",)},
    ),
    (
        "headline that is a question",
        """Who will pay for the new dam?

LIMA, March 3 (Cordillera) - The government has not said who will pay.
""",
        "hb",
        {"title": "Who will pay for the new dam?"},
    ),
    (
        "correction at the end",
        """Zoo names its panda cub

The zoo has named its cub, it said on Monday.

This story has been corrected to show that the cub was born in May, not in June.
""",
        "hbn",
        {"status": Status.CORRECTED},
    ),
    (
        "short lines of speech stay body",
        """MANILA, May 5 (Isles Press) -- The senator was asked about the loan.

He said no.

"Never."

"By Monday," she added.

By noon the hall was empty.

Why?

Nobody knows.
""",
        "bbbbbbb",
        {"byline": ""},
    ),
    (
        "sentences that speak of what furniture speaks of",
        """SEOUL, April 4 (Harbor News) -- The court ruled on a newsletter.

Copyright law protects it, the judge said.

Subscribers had to sign up for the newsletter in person.

All rights to the song belong to its author.

Share prices rose.

Read more books, the teacher told her class.

She follows us on foot.

The article may not be published, he said.

Comments by the minister were not published.

Print runs fell by half.

Related offenses were dropped.

Editors at the paper resigned.

The end of the story is not known.
""",
        "bbbbbbbbbbbbb",
        {"note": ""},
    ),
    (
        "essay without any convention",
        """On keeping bees

I was nine when my uncle gave me a hive. It stood under the plum tree, and I was afraid of it.

Bees do not like haste. They know it before you do.

Ten years went by.
""",
        "hbbb",
        {"title": "On keeping bees", "agency": "", "cities": (), "published": None, "byline": ""},
    ),
    (
        "section of an encyclopaedia",
        """The lighthouse was built in 1811 by two brothers. It is 32 m tall.
It was damaged in the war and rebuilt in 1949.
Since 1987 it has been run from the mainland.
""",
        "bbb",
        {"title": "", "story": ""},
    ),
    (
        "blog with a date and a signature",
        """Why I left the city

Posted by Miriam on May 1, 2023

I left because of the noise. (It was not the rent.)

- the trains
- the bars
- the neighbours

See you soon.
""",
        "hbbbbbb",
        {"title": "Why I left the city"},
    ),
    (
        "diary: days between the entries",
        """It rained all week and we stayed in the hut, reading old papers aloud to one another.

March 3, 1912

The rain stopped. We went out to look for the dogs.

March 4, 1912

No dogs.
""",
        "bbbbb",
        {},
    ),
    (
        "brackets that open a sentence",
        """(Laughs) I never thought that they would ask me.

(Updates on the weather came every hour.)

They did ask.
""",
        "bbb",
        {"note": "", "title": ""},
    ),
    (
        "words in capitals that are no cities",
        """Guide to the old harbor

NOTE - the tower is closed in winter.

OPENING HOURS: nine to five.

FREE ENTRY
""",
        "hbbb",
        {"cities": ()},
    ),
    (
        "words before a colon in a blog",
        """UPDATE: The shop has closed. I went there on Monday.

CORRECTION: It closed on Sunday, as its owner tells me.

EXCLUSIVE: he sells the chairs.
""",
        "bbb",
        {"title": "", "status": Status.USABLE},
    ),
    (
        "spaces of web pages",
        "Go\xa0to\xa0Contents\n(LEAD)\xa0Rain ends\nAll News\xa014:25 January\xa003, 2023\n"
        "OSLO,\xa0May\u202f1 (Fjord\xa0News) -- It ended on\xa0Monday.\nSend\xa0Feedback\n",
        "fhfbf",
        {"title": "Rain ends", "lead": 1, "cities": ("OSLO",), "agency": "Fjord News"},
    ),
    (
        "a note without an end in sight",
        """(ATTN: UPDATES with details

OSLO, May 1 (Fjord News, AP) -- It rained on Monday (and Tuesday).
""",
        "nb",
        {"agency": "Fjord News, AP", "note": "UPDATES with details"},
    ),
    (
        "byline with its date, and a link list in the middle",
        """Rain ends at last

By Ann Lee, May 3, 2024

It rained for nine days and the river rose by three meters, the town said.

Related Articles
River rises in the north
Bridge closed

The sun came out on Friday. May 9, 2024, was dry.

By Bo Ek
""",
        "hfbfffbf",
        {"byline": "Ann Lee", "published": datetime(2024, 5, 3)},
    ),
    (
        "name in brackets behind a name",
        """The International Handball Federation (IHF) was founded in 1946.

President Ada Lund (Labour) - who is 61 - will step down.
""",
        "bb",
        {"cities": (), "agency": ""},
    ),
    (
        "title with a lead at its end",
        """Two hurt as crane falls in port (2nd LD)

By Bae Yu-na

INCHEON, Feb. 2 (Harbor News) -- A crane fell in the port on Friday.
""",
        "hfb",
        {"title": "Two hurt as crane falls in port", "lead": 2},
    ),
    (
        "tag on a line of its own",
        """(LEAD)
Team wins gold in relay
ROME, June 9 (Tiber Sports) -- The team won gold on Sunday.
""",
        "fhb",
        {"title": "Team wins gold in relay", "lead": 1},
    ),
    (
        "numbered lead in capitals",
        """3RD LEAD Hostages freed after nine hours

BERNE (Alpine News) - Five hostages were freed on Monday, police said.
""",
        "hb",
        {"title": "Hostages freed after nine hours", "lead": 3, "agency": "Alpine News"},
    ),
]


def kinds_of(text: str, known: Metadata | None = None) -> str:
    paragraphs, _ = mark(text, known)
    return "".join(next(letter for letter, kind in KINDS.items() if kind is each.kind) for each in paragraphs)


@pytest.mark.parametrize(("text", "kinds", "found"), [sample[1:] for sample in SAMPLES], ids=[s[0] for s in SAMPLES])
def test_sample(text: str, kinds: str, found: dict[str, Any]) -> None:
    paragraphs, metadata = mark(text)
    listing = [(each.kind.value, text[each.start : each.end][:60]) for each in paragraphs]
    assert kinds_of(text) == kinds, listing
    assert {name: getattr(metadata, name) for name in found} == found


@pytest.mark.parametrize("text", [sample[1] for sample in SAMPLES], ids=[s[0] for s in SAMPLES])
@pytest.mark.parametrize("ends", ["\r\n", "\r", "\u2028"])
def test_other_line_ends_change_nothing(text: str, ends: str) -> None:
    assert kinds_of(text.replace("\n", ends)) == kinds_of(text)


def test_there_are_enough_samples() -> None:
    assert len(SAMPLES) >= 25


def test_the_seed_story_has_thirteen_paragraphs_of_body() -> None:
    text = min(need_shared(SEED).glob("*.txt")).read_text(encoding="utf-8")
    paragraphs, metadata = mark(text)
    body = [text[each.start : each.end] for each in paragraphs if each.kind is Kind.BODY]
    assert len(body) == 13
    assert body[0].startswith("WASHINGTON/SEOUL")
    assert body[-1].endswith("the South.")
    assert metadata.title.startswith("S. Korea, U.S. not ")
    assert metadata.title.endswith(" exercises: White House")
    assert f"(2nd LD) {metadata.title}\n" in text
    assert metadata.published == datetime(2023, 1, 3, 14, 25)
    assert metadata.published.tzinfo is None
    assert metadata.cities == ("WASHINGTON", "SEOUL")
    assert (metadata.agency, metadata.lead, metadata.status) == ("Yonhap", 2, Status.USABLE)
    assert metadata.note.startswith("UPDATES throughout")
    assert metadata.note.endswith("dateline")


class TestKnown:
    def test_a_known_title_leaves_a_text_without_headline_all_body(self) -> None:
        text = "The early years\n\nHe was born in Bergen. His father built boats."
        assert kinds_of(text, Metadata(title="Ole Hagen")) == "bb"

    def test_a_known_title_is_found_among_the_first_lines(self) -> None:
        text = "Ole Hagen\nHe was born in Bergen. His father built boats."
        assert kinds_of(text, Metadata(title="Ole Hagen")) == "hb"

    def test_what_is_known_wins_over_what_is_found(self) -> None:
        text = "(LEAD) Found\n\nOSLO, May 1 (Fjord News) -- It rained on Monday."
        known = Metadata(title="Known", agency="Other", cities=("BERGEN",), lead=4, status=Status.CORRECTED)
        metadata = mark(text, known)[1]
        assert (metadata.title, metadata.agency, metadata.cities) == ("Known", "Other", ("BERGEN",))
        assert (metadata.lead, metadata.status) == (4, Status.CORRECTED)

    def test_what_is_not_known_is_filled_in(self) -> None:
        text = "(LEAD) Found\n\nOSLO, May 1 (Fjord News) -- It rained on Monday."
        metadata = mark(text, Metadata(url="https://example.org/1"))[1]
        assert (metadata.title, metadata.lead, metadata.url) == ("Found", 1, "https://example.org/1")

    def test_the_tags_of_a_known_title_count(self) -> None:
        metadata = mark("It rained on Monday.", Metadata(title="(2nd LD) (CORRECTED) Rain"))[1]
        assert (metadata.title, metadata.lead, metadata.status) == ("Rain", 2, Status.CORRECTED)


class TestLongStory:
    BODY = "".join(f"He said it {number} times, and nobody listened to him in the hall.\n\n" for number in range(30))

    def test_notes_dates_and_bylines_far_below_are_found(self) -> None:
        text = self.BODY + "Eds: Photo moved.\n\nUpdated: May 2, 2024 10:00 KST\n\nBy Ann Lee\n"
        assert kinds_of(text) == "b" * 30 + "nff"
        metadata = mark(text)[1]
        assert (metadata.note, metadata.byline) == ("Photo moved.", "Ann Lee")
        assert (metadata.published, metadata.changed) == (None, datetime(2024, 5, 2, 10, tzinfo=KST))

    def test_the_day_of_a_dateline_has_the_year_of_the_change(self) -> None:
        text = "Updated 9:42 p.m. January 2, 2024\n\nCALDER, {} (Tern Agency) -- It rained, the mayor said on Monday."
        for day, published in (("Jan. 2", datetime(2024, 1, 2)), ("30 December", datetime(2023, 12, 30)), ("", None)):
            assert mark(text.format(day).replace(", (", " ("))[1].published == published

    def test_a_date_line_far_below_is_body_without_a_label(self) -> None:
        assert kinds_of(self.BODY + "May 2, 2024\n\nHe left.\n") == "b" * 32

    def test_a_second_story_after_the_end_mark_is_not_lost(self) -> None:
        text = self.BODY + "(END)\n\nOSLO, May 1 (Fjord News) -- It rained.\n\n(END)\n"
        assert kinds_of(text) == "b" * 30 + "fbf"

    def test_more_text_after_the_end_mark_than_an_epilogue_is_not_lost(self) -> None:
        assert kinds_of("He said no. (END)\n\n" + self.BODY) == "bf" + "b" * 30

    def test_short_lines_after_the_end_mark_of_a_short_story_are_furniture(self) -> None:
        assert kinds_of("He said no.\n\n(END)\n\nKeywords\n\n#harbor #storm\n\nIt did not end there.\n") == "bfffb"

    def test_an_end_mark_in_a_note_ends_nothing(self) -> None:
        assert kinds_of("(ATTN: the story ends with (END)\n\n" + self.BODY) == "n" + "b" * 30

    def test_a_tagged_line_after_the_head_is_body(self) -> None:
        assert kinds_of(self.BODY + "(LEAD) Rain ends\n\nHe left.") == "b" * 32


class TestHardWrapped:
    STORY = (
        "Harbor reopens after storm\n\n"
        "MOKPO, March 6 (Harbor News) -- The harbor reopened on Wednesday after a\n"
        "storm that had kept ferries in port for two days and had cut the island\n"
        "off from the mainland.\n\n"
        "Mayor Han Do-yun said that the damage was small. He thanked the crews of\n"
        "Mokpo and Jeju, who had worked through the night.\n\n"
        "He said no more.\n"
    )

    def test_a_paragraph_runs_to_the_blank_line(self) -> None:
        paragraphs, metadata = mark(self.STORY)
        assert kinds_of(self.STORY) == "hbbb"
        assert self.STORY[paragraphs[1].start : paragraphs[1].end].endswith("off from the mainland.")
        assert metadata.cities == ("MOKPO",)

    def test_paragraphs_without_blank_lines_part_at_a_short_line_that_ends_a_sentence(self) -> None:
        text = self.STORY.split("\n\n", 1)[1].replace("\n\n", "\n")
        assert kinds_of(text) == "bbb"

    def test_an_indented_line_opens_a_paragraph(self) -> None:
        text = self.STORY.split("\n\n", 1)[1].replace("\n\nMayor", "\n    Mayor")
        assert kinds_of(text) == "bbb"

    def test_items_of_a_list_stay_apart(self) -> None:
        text = (
            self.STORY + "- the northern pier, which had been closed since the storm of last\n  year\n- the old ramp\n"
        )
        assert kinds_of(text) == "hbbbbb"

    def test_a_furniture_line_is_no_part_of_a_paragraph(self) -> None:
        text = self.STORY.replace("night.\n\n", "night.\nSend Feedback\n")
        assert kinds_of(text) == "hbbfb"

    @pytest.mark.parametrize(
        "text",
        [
            "The vessel split in two and is leaking fuel oil .\nAnglet is near the Spanish border , officials said .\n"
            "The crew of twelve was taken off by helicopter .",
            "Bread from the village baker\nCheese of three sorts\nPlums and late apples\nA bottle of cider",
            "So much depends\nupon\n\na red cart\nglazed with rain",
        ],
        ids=["sentences", "list", "verse"],
    )
    def test_lines_of_other_texts_stay_paragraphs(self, text: str) -> None:
        assert len(mark(text)[0]) == sum(bool(line) for line in text.split("\n"))


class TestBlocks:
    TEXT = "  Title here  \n\nFirst line\ngoes on. \n\nMenu\n"

    def test_blocks_are_the_paragraphs(self) -> None:
        blocks = (Block(0, 14, Kind.HEADLINE), Block(16, 36, None, page=2), Block(38, 42, Kind.FURNITURE))
        paragraphs, metadata = mark(self.TEXT, None, blocks)
        assert [self.TEXT[each.start : each.end] for each in paragraphs] == [
            "Title here",
            "First line\ngoes on.",
            "Menu",
        ]
        assert [each.kind for each in paragraphs] == [Kind.HEADLINE, Kind.BODY, Kind.FURNITURE]
        assert [each.page for each in paragraphs] == [None, 2, None]
        assert metadata.title == "Title here"

    def test_empty_blocks_are_left_out(self) -> None:
        assert mark(self.TEXT, None, (Block(0, 2), Block(2, 2), Block(16, 36)))[0][0].start == 16

    @pytest.mark.parametrize("blocks", [(Block(0, 5), Block(4, 9)), (Block(0, 99),), (Block(5, 4),), (Block(-1, 4),)])
    def test_blocks_that_overlap_or_leave_the_text_are_a_mistake(self, blocks: tuple[Block, ...]) -> None:
        with pytest.raises(ValueError, match="overlaps"):
            mark(self.TEXT, None, blocks)

    def test_a_block_of_body_is_body_whatever_it_says(self) -> None:
        text = "Related Articles\nHome"
        paragraphs, _ = mark(text, None, (Block(0, 16, Kind.BODY), Block(17, 21, Kind.BODY)))
        assert [each.kind for each in paragraphs] == [Kind.BODY, Kind.BODY]


class TestStoryKey:
    TEXT = (
        "({}) Bank holds rate\n\nAll News {} January 03, 2023\n\nSEOUL, Jan. 3 (Harbor News) -- The bank held its rate."
    )

    def test_all_leads_of_a_story_share_it(self) -> None:
        first, second = (
            mark(self.TEXT.format(tag, time))[1].story for tag, time in (("LEAD", "09:00"), ("2nd LD", "11:30"))
        )
        assert first == second != ""

    @pytest.mark.parametrize(
        "other",
        [
            Metadata(title="Bank holds rate", agency="Other", cities=("SEOUL",), published=datetime(2023, 1, 3)),
            Metadata(title="Bank holds rate", agency="Harbor News", cities=("BUSAN",), published=datetime(2023, 1, 3)),
            Metadata(title="Bank holds rate", agency="Harbor News", cities=("SEOUL",), published=datetime(2023, 1, 4)),
            Metadata(title="Bank cuts rate", agency="Harbor News", cities=("SEOUL",), published=datetime(2023, 1, 3)),
        ],
        ids=["agency", "city", "day", "headline"],
    )
    def test_other_stories_have_another(self, other: Metadata) -> None:
        assert make_story_key(other) != mark(self.TEXT.format("LEAD", "09:00"))[1].story

    def test_a_title_alone_tells_no_story(self) -> None:
        assert make_story_key(Metadata(title="Notes")) == ""
        assert make_story_key(Metadata(cities=("SEOUL",))) == ""


class TestDateline:
    @pytest.mark.parametrize(
        ("text", "cities", "agency"),
        [
            ("SEOUL, Jan 3 (Reuters) - South", ("SEOUL",), "Reuters"),
            ("SEOUL, Jan. 3 (Yonhap) South Korea said", ("SEOUL",), "Yonhap"),
            ("KYIV, Ukraine (AP) — The", ("KYIV",), "AP"),
            ("KYIV, Ukraine — The power", ("KYIV",), ""),
            ("BUSAN -- A storm", ("BUSAN",), ""),
            ("ST. LOUIS, Mo., Sept. 9 (Harbor News) -- The", ("ST. LOUIS",), "Harbor News"),
            ("PORT-AU-PRINCE, Haiti, Mar. 11 (Harbor News) -- The", ("PORT-AU-PRINCE",), "Harbor News"),
            ("RIO de JANEIRO (Lusa Agency) - The", ("RIO de JANEIRO",), "Lusa Agency"),
            ("McALLEN, Texas (AP) — The", ("McALLEN",), "AP"),
            ("WASHINGTON/SEOUL/TOKYO, Dec 5 (AFP) - The", ("WASHINGTON", "SEOUL", "TOKYO"), "AFP"),
            ("Seoul, South Korea (CNN) — The", ("Seoul",), "CNN"),
            ("Tokyo, Jan. 3 (Jiji Press)--The", ("Tokyo",), "Jiji Press"),
            ("LONDON, Tuesday, Jan. 3 (Harbor News) -- The", ("LONDON",), "Harbor News"),
            ("NEW DELHI, Jan 3: The", ("NEW DELHI",), ""),
            ("(CNN)The", (), "CNN"),
            ("Jan 3 (Reuters) - The", (), "Reuters"),
        ],
    )
    def test_datelines(self, text: str, cities: tuple[str, ...], agency: str) -> None:
        found = parse_dateline(text)
        assert found is not None
        assert (found.cities, found.agency) == (cities, agency)

    @pytest.mark.parametrize(
        "text",
        [
            "NORTH KOREA - MISSILE TEST",
            "NOTE - this is old",
            "Q -- What did he say?",
            "President Joe Biden (D) -- who is 80 -- said",
            "The APT (Automatically Programmed Tools) was",
            "Seoul -- The city",
            "Seoul, a city of ten million (in 2020) - the capital - grew",
            "SEOUL (AP) —",
            "BC-EU--Floods",
            "MINISTER, 61, RESIGNS (AP) -- The",
            "A, B, C, D (AP) -- The",
            "Twelve of the (AP) - writers",
            "OPENING: nine to five",
            "(Laughs) - I never",
            "(1) SEOUL - the",
            "",
        ],
    )
    def test_other_openings(self, text: str) -> None:
        assert parse_dateline(text) is None


class TestPageDate:
    DAY = datetime(2023, 1, 3)

    @pytest.mark.parametrize(
        ("line", "moment"),
        [
            ("All News 14:25 January 03, 2023", DAY.replace(hour=14, minute=25)),
            ("National 10:05 January 03, 2023", DAY.replace(hour=10, minute=5)),
            ("Published : 2023.01.03 14:25  Updated : 2023.01.03 15:10", DAY.replace(hour=14, minute=25)),
            (
                "Updated Jan. 3rd, 2023, 2:25 p.m. EST",
                DAY.replace(hour=14, minute=25, tzinfo=timezone(-timedelta(hours=5))),
            ),
            ("Tue, 03 Jan 2023 14:25:09 +0900", DAY.replace(hour=14, minute=25, second=9, tzinfo=KST)),
            ("Posted on 3 January 2023 at 14:25 KST", DAY.replace(hour=14, minute=25, tzinfo=KST)),
            ("Updated: Jan 3, 2023 09:00 GMT+9", DAY.replace(hour=9, tzinfo=KST)),
            ("2023-01-03T12:00:00-03:30", DAY.replace(hour=12, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
            ("2023-01-03T12:00:00Z", DAY.replace(hour=12, tzinfo=UTC)),
            ("Jan 3, 2023 1425 GMT", DAY.replace(hour=14, minute=25, tzinfo=UTC)),
            ("Jan. 3, 2023 9:00 CST", DAY.replace(hour=9)),  # Chicago's or Shanghai's
            ("Jan. 3, 2023 25:99", DAY),
            ("Jan. 3, 2023 12:00 +99:00", DAY.replace(hour=12)),
            ("12 a.m., Jan. 3, 2023", DAY),
            ("Last updated 3rd January 2023", DAY),
            ("Tuesday, January 3, 2023", DAY),
        ],
    )
    def test_lines_that_say_when(self, line: str, moment: datetime) -> None:
        found = parse_page_date(line)
        assert found is not None
        assert found.moment == moment
        assert found.moment.utcoffset() == moment.utcoffset()

    @pytest.mark.parametrize(
        "line",
        [
            "He came on January 3, 2023 at 14:25",
            "on 10 September 2011.",
            "Feb. 30, 2023 10:00",
            "January 3",
            "Room 2023",
            "The vote was held on January 3, 2023",
            "Taxes rose; January 3, 2023",
            "Published January 3, 2023. It sold well.",
            "",
        ],
    )
    def test_lines_that_say_more_or_less(self, line: str) -> None:
        assert parse_page_date(line) is None


class TestFurniture:
    @pytest.mark.parametrize(
        "line",
        [
            "Go to Contents Go to Navigation",
            "Back to top",
            "How can we improve?",
            "Was this article helpful? Yes No",
            "Report an error in this story",
            "Got a news tip? Write to us.",
            "Read more: Storm kills 12",
            "You may also like",
            "Editors' Picks",
            "Sign up for our daily newsletter",
            "Follow us on Twitter",
            "Follow the agency's coverage at https://example.org/hub",
            "Advertisement - scroll to continue",
            "12 comments",
            "Print this page",
            "4 min read",
            "Reading time: 4 minutes",
            "Privacy Policy",
            "Page 2 of 7",
            "Copyright (c) Harbor News Agency. All Rights Reserved.",
            "© 2023 Harbor News",
            "This material may not be published, broadcast, rewritten or redistributed.",
            "Unauthorized reproduction is strictly prohibited.",
            "(Reporting by Jo Day; Editing by Sue Lee)",
            "https://example.org/a",
            "www.example.org",
            "reporter@example.org",
            "Facebook | Twitter | Email",
        ],
    )
    def test_furniture(self, line: str) -> None:
        assert is_furniture(line)

    @pytest.mark.parametrize(
        "line",
        [
            "Home > World > Asia",
            "Menu",
            "abc/de",
            "Keywords: harbor, storm",
            "#harbor #storm",
            "Sports | Weather | Opinion",
        ],
    )
    def test_furniture_at_the_edges_only(self, line: str) -> None:
        assert is_furniture(line, edge=True)
        assert not is_furniture(line)

    @pytest.mark.parametrize(
        "line",
        [
            "Copyright law is old.",
            "Read more about it in the report he wrote.",
            "Applications go to jobs@example.org.",
            "Visit the website of the museum.",
            "Write to Jo at jo@example.org if you saw the accident on Monday.",
            "Telegram",
            "Share prices fell.",
            "Page boys carried it.",
            "More news came from the north.",
            "Reporting by three papers led to the trial.",
            "See http://example.org/a for the list.",
            "Seoul | 10 | 12",
        ],
    )
    def test_sentences(self, line: str) -> None:
        assert not is_furniture(line, edge=True)


class TestByline:
    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("By Kim Min-soo", "Kim Min-soo"),
            ("BY KIM MIN-SOO", "KIM MIN-SOO"),
            ("By JOHN SMITH and JANE DOE, Associated Press", "JOHN SMITH and JANE DOE"),
            ("By Ann Lee, Bo Ek and Cy Roe", "Ann Lee, Bo Ek and Cy Roe"),
            ("Written by Ursula von der Leyen", "Ursula von der Leyen"),
            ("By H.L. Mencken in Baltimore", "H.L. Mencken"),
            ("By Søren O'Neill | Harbor News", "Søren O'Neill"),
        ],
    )
    def test_bylines(self, line: str, names: str) -> None:
        assert parse_byline(line) == names

    @pytest.mark.parametrize(
        "line",
        [
            "By Monday noon",
            "By Land and Sea",
            "By noon the hall was empty.",
            "By Harbor",
            "By Then He Was Gone",
            "Kim Min-soo",
            "By " + "Ann Lee, " * 30,
        ],
    )
    def test_other_lines(self, line: str) -> None:
        assert parse_byline(line) == ""


PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        " ",
        "(ATTN: ",
        ")",
        "(END)",
        "SEOUL, Jan. 3 (AP) -- ",
        "(2nd LD) ",
        "By Ann Lee",
        "-30-",
        "He said no.",
        "- ",
        "> ",
        "\r\n",
    ]
)


@given(st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=30).map("".join)))
def test_kinds_are_marks_on_ordered_disjoint_spans(text: str) -> None:
    paragraphs, _ = mark(text)
    last = 0
    for each in paragraphs:
        assert last <= each.start < each.end <= len(text)
        assert not text[last : each.start].strip()
        assert text[each.start : each.end].strip() == text[each.start : each.end]
        last = each.end
    assert not text[last:].strip()
    numbers = [each.number for each in paragraphs if each.kind is Kind.BODY]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(each.number is None for each in paragraphs if each.kind is not Kind.BODY)


class TestCorrections:
    STORY = (
        "The mill of Ostrand burned down on Sunday night.\n\n{}\n\nNobody was hurt, and the council meets on Tuesday."
    )

    @pytest.mark.parametrize(
        "note",
        [
            "This article was amended on 4 March 2026. The mill was built in 1802, not in 1820.",
            "An earlier version of this article said that the mill was built in 1820.",
            "Correction: The article gave a wrong year for the mill.",
            "Correction, March 4, 2026: An earlier version of the headline was wrong.",
        ],
    )
    def test_a_correction_is_a_note_wherever_it_stands(self, note: str) -> None:
        assert kinds_of(self.STORY.format(note)) == "bnb"
        metadata = mark(self.STORY.format(note))[1]
        assert (metadata.status, metadata.note) == (Status.CORRECTED, note)

    @pytest.mark.parametrize(
        "note",
        [
            "An earlier version said that the mill was built in 1820.",
            "An earlier version incorrectly named the miller.",
            "The Post regrets the error.",
        ],
    )
    def test_others_are_notes_at_the_head_and_the_foot(self, note: str) -> None:
        assert kinds_of(self.STORY.format("It was old.") + f"\n\n{note}") == "bbbn"
        assert kinds_of(self.STORY.format(note)) == "bbb"
        assert kinds_of(f"{note}\n\n{self.STORY.format('It was old.')}") == "nbbb"

    @pytest.mark.parametrize(
        "sentence",
        [
            "An earlier version of the bill said nothing of mills.",
            "Correction officers were called to the mill on Sunday.",
            "This article of the law was amended in 1820 by the king.",
        ],
    )
    def test_a_story_may_speak_of_versions(self, sentence: str) -> None:
        assert kinds_of(self.STORY.format(sentence)) == "bbb"


class TestCredits:
    @pytest.mark.parametrize(
        ("caption", "credit"),
        [
            ("The mill before the fire. Photograph: Ida Holm/The Post", "Photograph: Ida Holm/The Post"),
            ("The mill before the fire. (AP Photo/Ida Holm)", "(AP Photo/Ida Holm)"),
            ("“It was old,” he said. Credit: Ida Holm", "Credit: Ida Holm"),
        ],
    )
    def test_the_credit_of_a_caption_is_apart(self, caption: str, credit: str) -> None:
        text = f"It burned on Sunday night.\n\n{caption}\n\nNobody was hurt."
        paragraphs = mark(text)[0]
        assert [text[each.start : each.end] for each in paragraphs if each.kind is Kind.FURNITURE] == [credit]
        assert kinds_of(text) == "bbfb"

    @pytest.mark.parametrize(
        "line",
        [
            "Photo: Ida Holm",
            "Photograph by Ida Holm",
            "Picture: Ida Holm/The Post",
            "Image credit: The Post",
            "Credit: Ida Holm",
            "Courtesy of the museum",
            "File photo",
            "Ida Holm/Getty Images",
            "READ MORE: The miller denies that he set the fire.",
            "Read more: The miller denies it.",
            "RELATED: Mills of the valley.",
            "See also: Mills of the valley",
        ],
    )
    def test_lines_of_credit_and_links(self, line: str) -> None:
        assert is_furniture(line)

    @pytest.mark.parametrize(
        "line",
        [
            "Photographs by Rembrandt do not exist.",
            "Pictures of the mill were shown.",
            "Credit for the rescue goes to Ida Holm.",
            "The sale to Getty Images was stopped by a judge.",
            "More than that nobody knows.",
            "Read on: it is short.",
        ],
    )
    def test_sentences_that_begin_like_them(self, line: str) -> None:
        assert not is_furniture(line)


@pytest.mark.parametrize(
    ("line", "cities", "agency"),
    [
        ("New York CNN Business —", ("New York",), "CNN Business"),
        ("CALDER (Tern Agency) –", ("CALDER",), "Tern Agency"),
    ],
)
def test_a_dateline_in_a_box_of_its_own_is_no_headline(line: str, cities: tuple[str, ...], agency: str) -> None:
    text = f"{line}\n\nShares fell on Monday, and traders said that they had seen it coming."
    paragraphs, metadata = mark(text)
    assert [each.kind for each in paragraphs] == [Kind.FURNITURE, Kind.BODY]
    assert (metadata.title, metadata.cities, metadata.agency) == ("", cities, agency)
