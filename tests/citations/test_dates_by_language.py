"""Dates in Spanish and Korean without year, month or name are completed from the day of publication."""

from datetime import date

import pytest

from index.citations.dates_by_language import resolve_in
from index.language.language import get_language

WEDNESDAY = date(2025, 11, 12)


def resolve(code, text, published=WEDNESDAY):
    found = resolve_in(text, published, get_language(code), 0, len(text))
    return [(text[each.start : each.end], each.date) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12일 오전 3시 40분께 불이 났다.", [("12일", "2025-11-12")]),
        ("체납액은 지난 4일 납부됐다.", [("지난 4일", "2025-11-04")]),
        ("오는 20일 발표한다.", [("오는 20일", "2025-11-20")]),
        ("지난 30일 시작했다.", [("지난 30일", "2025-10-30")]),
        ("31일 개막했다.", [("31일", "2025-10-31")]),
        ("지난해 11월 취임했다.", [("지난해 11월", "2024-11")]),
        ("내년 1월 15일에 열린다.", [("내년 1월 15일", "2026-01-15")]),
        ("지난달 9일 입국했다.", [("지난달 9일", "2025-10-09")]),
        ("다음 달 3일 행사를 연다.", [("다음 달 3일", "2025-12-03")]),
        ("12월 3일 발사된다.", [("12월 3일", "2025-12-03")]),
        ("지난 8월 발견했다.", [("지난 8월", "2025-08")]),
        ("올해 매출이 늘었다.", [("올해", "2025")]),
        ("어제 만났다.", [("어제", "2025-11-11")]),
        ("3년 전 떠났다.", [("3년 전", "2022")]),
        ("2주 전 떠났다.", [("2주 전", "2025-10-29")]),
        ("2018년 12월 3일에 태어났다.", []),
        ("발사 후 달까지는 38일이 걸린다.", []),
        ("사흘간 3일 동안 9일간 쉬었다.", []),
        ("작년보다 늦었다.", [("작년", "2024")]),
        ("첫눈은 평년보다 15일 늦은 것이다.", []),
        ("10일 만에 퇴원했다.", []),
    ],
)
def test_korean_dates(text, expected):
    assert resolve("ko", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("El puente cerró el martes.", [("el martes", "2025-11-11")]),
        ("El pleno votará el jueves la partida.", [("el jueves", "2025-11-13")]),
        ("El juez que vio el caso dijo que el jueves votará.", []),
        ("Este miércoles llovió.", [("Este miércoles", "2025-11-12")]),
        ("El próximo lunes abrirá.", [("El próximo lunes", "2025-11-17")]),
        ("El lunes pasado abrió.", [("El lunes pasado", "2025-11-10")]),
        ("Nació el 3 de octubre.", [("3 de octubre", "2025-10-03")]),
        ("Nació el 3 de octubre de 1998.", []),
        ("Subió en octubre del año pasado.", [("octubre del año pasado", "2024-10")]),
        ("El pasado agosto prometió la obra.", [("pasado agosto", "2025-08")]),
        ("Ayer y hoy llovió.", [("Ayer", "2025-11-11"), ("hoy", "2025-11-12")]),
        ("Sale mañana.", [("mañana", "2025-11-13")]),
        ("Salió por la mañana.", []),
        ("Cerró hace tres semanas.", [("hace tres semanas", "2025-10-22")]),
        ("El año que viene abrirá.", [("El año que viene", "2026")]),
        ("El mes pasado bajó.", [("El mes pasado", "2025-10")]),
    ],
)
def test_spanish_dates(text, expected):
    assert resolve("es", text) == expected


def test_a_language_without_data_has_none():
    assert resolve("de", "Am Dienstag, gestern.") == []


def test_the_calendar_ends():
    assert resolve("ko", "내년 1월 어제", date(9999, 12, 31)) == [("어제", "9999-12-30")]
    assert resolve("es", "Ayer fue el 31 de febrero.", date(1, 1, 1)) == []
