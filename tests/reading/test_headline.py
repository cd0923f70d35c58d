"""Headlines: what tags, slugs and notes to editors say of a text."""

from datetime import UTC, datetime

import pytest

from index.model import Status
from index.reading.headline import (
    Tags,
    find_embargo,
    is_note,
    is_slug,
    is_tag,
    pick_worse,
    read_lead,
    read_status,
    read_tags,
    strip_note,
)


@pytest.mark.parametrize(
    ("headline", "tags"),
    [
        ("Plain headline", Tags("Plain headline")),
        ("", Tags("")),
        ("(2nd LD) (CORRECTED) Storm hits coast", Tags("Storm hits coast", 2, Status.CORRECTED, sure=True)),
        ("UPDATE 3-Storm hits", Tags("Storm hits", 3, sure=True)),
        ("2ND LEAD Storm hits", Tags("Storm hits", 2, sure=True)),
        ("Storm hits coast (LEAD)", Tags("Storm hits coast", 1, sure=True)),
        ("KILL - Storm hits", Tags("Storm hits", 0, Status.WITHDRAWN, sure=True)),
        ("(Asian Games) Kim wins", Tags("Kim wins")),  # a tag only where a headline is known to stand
        ("1984 (2020) revisited", Tags("1984 (2020) revisited")),
        ("(LEAD)", Tags("(LEAD)")),  # a tag alone is no headline without it
    ],
)
def test_tags_of_a_headline(headline, tags):
    assert read_tags(headline) == tags


def test_a_chain_of_tags_ends_somewhere():
    assert read_tags("(LEAD) " * 7 + "Storm").title.endswith("(LEAD) Storm")


@pytest.mark.parametrize(
    ("label", "number"),
    [("LEAD", 1), ("(2nd LD)", 2), ("3rd LD-writethru", 3), ("WRAPUP 4", 4), ("LD 12", 12), ("EXCLUSIVE", 0), ("", 0)],
)
def test_the_number_of_a_lead(label, number):
    assert read_lead(label) == number


def test_a_slug_names_its_lead_inside():
    slug = "BC-EU--Storm,2nd Ld-Writethru"
    assert is_slug(slug)
    assert read_lead(slug) == 2
    assert not is_slug("Storm,2nd Ld-Writethru")


def test_a_tag_is_a_tag_and_nothing_more():
    assert is_tag("(LEAD)")
    assert is_tag("exclusive")
    assert not is_tag("exclusive interview with Kim")
    assert not is_tag("LEAD" * 10)


@pytest.mark.parametrize(
    ("paragraph", "anywhere", "above"),
    [
        ("Eds: updates throughout", True, True),
        ("This story has been corrected to say so.", True, True),
        ("EMBARGOED UNTIL 10:00 GMT, Jan. 3, 2024", True, True),
        ("(Adds quotes, background)", False, True),
        ("(Adds quotes)" + " and more" * 60, False, False),
        ("An embargo was imposed on Jan. 3, 2024.", False, False),
        ("A plain paragraph.", False, False),
        ("", False, False),
    ],
)
def test_notes_to_editors(paragraph, anywhere, above):
    assert is_note(paragraph) is anywhere
    assert is_note(paragraph, head=True) is above


def test_a_note_is_shown_without_its_label():
    assert strip_note("(ATTN: ADDS details\n in 2 paras)") == "ADDS details in 2 paras"
    assert strip_note("Eds: updates throughout") == "updates throughout"


def test_an_embargo_tells_its_moment():
    assert find_embargo("EMBARGOED UNTIL 10:00 GMT, Jan. 3, 2024") == datetime(2024, 1, 3, 10, tzinfo=UTC)
    assert find_embargo("EMBARGOED") is None
    assert find_embargo("The embargo ends on Jan. 3, 2024") is None


def test_the_status_that_warns_more_wins():
    assert read_status("CORRECTED") is Status.CORRECTED
    assert read_status("MANDATORY KILL: Storm") is Status.WITHDRAWN
    assert read_status("Kim was killed") is Status.USABLE
    assert pick_worse(Status.CORRECTED, Status.USABLE) is Status.CORRECTED
    assert pick_worse(Status.CORRECTED, Status.WITHDRAWN) is Status.WITHDRAWN
