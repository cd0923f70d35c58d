"""CSS: the few declarations that decide what a page shows."""

import pytest
from lxml import html

from index.sources.css import collect_rules, parse_declarations


@pytest.mark.parametrize(
    ("written", "style"),
    [
        ("", {}),
        ("color: red; margin: 0", {}),
        ("display: NONE", {"display": "none"}),
        ("display:inline-block", {"display": "inline"}),
        ("display:contents", {"display": "inline"}),
        ("display: list-item", {"display": "block"}),
        ("display:inline-flex", {"display": "inline", "items": "block"}),
        ("display: grid", {"display": "block", "items": "block"}),
        ("visibility : hidden", {"visibility": "hidden"}),
        ("content-visibility: hidden", {"display": "none"}),
        ("content-visibility: auto", {}),
        ("white-space: pre-line", {"white-space": "pre"}),
        ("white-space: nowrap", {"white-space": "normal"}),
        ("--display: none", {}),
        ("display: none; display: block", {"display": "block"}),  # the later wins
    ],
)
def test_declarations(written, style):
    assert parse_declarations(written) == style


def test_rules_of_simple_selectors_are_joined():
    sheets = "<style>.a, p.b {display:none} .a {white-space:pre}</style><style>#c{visibility:hidden}</style>"
    assert collect_rules(html.fromstring(f"<html>{sheets}<p>x</p></html>")) == {
        ".a": {"display": "none", "white-space": "pre"},
        "p.b": {"display": "none"},
        "#c": {"visibility": "hidden"},
    }


@pytest.mark.parametrize(
    "sheet",
    [
        "/* .a {display:none} */",
        "/* never closed .a {display:none}",
        "@media print { .a {display:none} }",
        "@media print { .a {display:none}",
        "@import 'x';",
        "div .a {display:none}",
        ".a:hover {display:none}",
        ".a {color:red}",
        "}}}{{{",
    ],
)
def test_what_may_not_apply_is_left_out(sheet):
    assert collect_rules(html.fromstring(f"<html><style>{sheet}</style><p>x</p></html>")) == {}


def test_a_rule_behind_a_block_that_is_left_out_still_counts():
    sheet = "@media print{.a{display:none}} @import 'x'; .b{display:none}"
    assert collect_rules(html.fromstring(f"<html><style>{sheet}</style></html>")) == {".b": {"display": "none"}}
