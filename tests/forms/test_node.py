"""Reading plain values strictly: each complaint names the place."""

from enum import StrEnum

import pytest

from index.forms.node import Node, check_finite, convert_object, shorten


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


FORM = {
    "text": "words",
    "whole": 3,
    "number": 1.5,
    "truth": False,
    "colour": "red",
    "moment": "2024-03-14T09:10:00",
    "start": 2,
    "end": 5,
    "texts": ["a", "b"],
    "pairs": [[1, 2], (3, 4)],
    "items": [{"text": "inside"}],
    "child": {"text": "inside"},
    "empty": None,
}


def test_each_kind_of_value_is_read():
    node = Node(FORM, "form")
    assert (node.text("text"), node.whole("whole"), node.number("number"), node.truth("truth")) == (
        "words",
        3,
        1.5,
        False,
    )
    assert node.number("whole") == 3.0
    assert node.member("colour", Colour) is Colour.RED
    assert node.moment("moment").isoformat() == FORM["moment"]
    assert node.span(5) == {"start": 2, "end": 5}
    assert node.texts("texts") == ("a", "b")
    assert node.pairs("pairs") == ((1, 2), (3, 4))
    assert [item.text("text") for item in node.items("items")] == ["inside"]
    assert node.child("child").text("text") == "inside"
    assert node.optional("empty", node.text) is None
    assert node.optional("missing", node.text, required=False) is None


@pytest.mark.parametrize(
    ("change", "read", "complaint"),
    [
        ({}, lambda node: node.text("missing"), "form.missing: missing"),
        ({}, lambda node: node.optional("missing", node.text), "form.missing: missing"),
        ({"text": 1}, lambda node: node.text("text"), "form.text: expected a string, got 1"),
        ({"whole": True}, lambda node: node.whole("whole"), "form.whole: expected a whole number, got True"),
        (
            {"number": float("nan")},
            lambda node: node.number("number"),
            "form.number: expected a finite number, got nan",
        ),
        (
            {"number": 10**400},
            lambda node: node.number("number"),
            "form.number: expected a finite number, got one too large",
        ),
        ({"truth": 0}, lambda node: node.truth("truth"), "form.truth: expected true or false, got 0"),
        (
            {"colour": "green"},
            lambda node: node.member("colour", Colour),
            "form.colour: expected one of red, blue, got 'green'",
        ),
        (
            {"moment": "soon"},
            lambda node: node.moment("moment"),
            "form.moment: expected a date and time in ISO 8601, got 'soon'",
        ),
        ({"end": 1}, lambda node: node.span(), "form.end: 2 to 1 is no span of the text"),
        ({"end": 6}, lambda node: node.span(5), "form.end: 2 to 6 is no span of the text"),
        ({"texts": ["a", 1]}, lambda node: node.texts("texts"), "form.texts[1]: expected a string, got 1"),
        ({"texts": "ab"}, lambda node: node.texts("texts"), "form.texts: expected a list, got 'ab'"),
        (
            {"pairs": [[1, 2, 3]]},
            lambda node: node.pairs("pairs"),
            "form.pairs[0]: expected a pair of numbers, got [1, 2, 3]",
        ),
        ({"items": [3]}, lambda node: node.items("items"), "form.items[0]: expected an object, got 3"),
        ({"items": [{}]}, lambda node: node.items("items")[0].text("text"), "form.items[0].text: missing"),
        ({"child": {1: 2}}, lambda node: node.plain("child"), "form.child: expected a string as key, got 1"),
        ({"child": {"at": {1}}}, lambda node: node.plain("child"), "form.child.at: expected a value of JSON, got {1}"),
    ],
)
def test_each_complaint_names_the_place(change, read, complaint):
    with pytest.raises(ValueError, match=r"^form") as told:
        read(Node(FORM | change, "form"))
    assert str(told.value) == complaint


def test_plain_objects_turn_tuples_into_lists_and_end_at_fifty_levels():
    assert convert_object({"a": (1, None, "x", True)}, "") == {"a": [1, None, "x", True]}
    deep = {}
    for _ in range(60):
        deep = {"a": deep}
    with pytest.raises(ValueError, match="more than 50 levels deep"):
        convert_object(deep, "")


@pytest.mark.parametrize("value", [True, float("inf"), float("nan")])
def test_what_is_no_finite_number(value):
    with pytest.raises(ValueError, match=r"^here: expected a finite number"):
        check_finite(value, "here")


def test_long_values_are_shown_short():
    assert shorten("x" * 100) == f"'{'x' * 36}..."
    assert len(shorten("x" * 100)) == 40
    assert shorten([1]) == "[1]"
