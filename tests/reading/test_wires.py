"""What agencies that write Spanish or Korean put around a story is told from the story itself."""

from datetime import datetime

import pytest

from index import open_index
from index.model import Kind, Status
from index.reading.article import build_article
from index.reading.headline import read_tags

KOREAN = """(종합) 대구 달빛시장 새벽 화재…상인 2명 부상

(대구=한빛통신) 김철민 하도현 기자 = 12일 오전 3시 40분께 대구시 서구 달빛시장에서 불이 나 점포 23곳을 태웠다.

상인 2명이 연기를 마셔 병원으로 옮겨졌다. 소방 당국은 전기난로에서 불이 시작된 것으로 보고 있다. (끝)

mink@hanbit.example

<저작권자(c) 한빛통신, 무단 전재-재배포, AI 학습 및 활용 금지>

2026/01/12 오후 2:31 송고
"""
SPANISH = """AMP.- Sevilla aplaza la obra del puente hasta marzo

Sevilla, 3 de octubre de 2025 (Lince Press).- El Ayuntamiento ha aplazado la reparación del puente de Alcalá, que cerró
el martes por una grieta de cuatro metros.

La concejala de Obras dijo que nadie pasará por ahí. El desvío añade 25 minutos al trayecto. EFE

lbv/rc

Noticias relacionadas

(Foto: Lince/Juan Pérez)
"""


def mark(text):
    article = build_article(text)
    body = [article.quote(each) for each in article.paragraphs if each.kind is Kind.BODY]
    rest = [article.quote(each) for each in article.paragraphs if each.kind is Kind.FURNITURE]
    return article, body, rest


def test_a_korean_story_is_told_from_what_its_agency_put_around_it():
    article, body, rest = mark(KOREAN)
    assert article.language == "ko"
    assert article.title == "대구 달빛시장 새벽 화재…상인 2명 부상"
    assert (article.agency, article.cities, article.byline) == ("한빛통신", ("대구",), "김철민, 하도현")
    assert article.published == datetime(2026, 1, 12, 14, 31)
    assert body[-1].endswith("보고 있다.")
    assert len(rest) == 4
    assert article.sentences[0].start == article.text.index("(대구=")


def test_a_spanish_story_is_told_from_what_its_agency_put_around_it():
    article, body, rest = mark(SPANISH)
    assert article.language == "es"
    assert (article.title, article.lead) == ("Sevilla aplaza la obra del puente hasta marzo", 1)
    assert (article.agency, article.cities) == ("Lince Press", ("Sevilla",))
    assert article.published == datetime(2025, 10, 3)
    assert body[-1].endswith("al trayecto.")
    assert rest == ["EFE", "lbv/rc", "Noticias relacionadas", "(Foto: Lince/Juan Pérez)"]


@pytest.mark.parametrize(
    ("opening", "agency", "cities", "byline"),
    [
        ("(서울=한빛통신) 이서진 기자 = ", "한빛통신", ("서울",), "이서진"),
        ("(서울·세종=가온통신) 이서진 특파원 = ", "가온통신", ("서울", "세종"), "이서진"),
        ("[부산=새벽뉴스] 조민재 기자 = ", "새벽뉴스", ("부산",), "조민재"),
        ("(도쿄=한빛통신) ", "한빛통신", ("도쿄",), ""),
    ],
)
def test_korean_datelines(opening, agency, cities, byline):
    article = build_article(
        f"정부가 쌀값 대책을 내놨다\n\n{opening}정부가 6일 쌀값 대책을 내놨다. 농민단체는 반발했다.\n"
    )
    assert (article.agency, article.cities, article.byline) == (agency, cities, byline)


@pytest.mark.parametrize(
    ("opening", "agency", "cities"),
    [
        ("Madrid, 3 oct (EFE).- ", "EFE", ("Madrid",)),
        ("MADRID, 3 Oct. (EUROPA PRESS) - ", "EUROPA PRESS", ("MADRID",)),
        ("San José de la Montaña, 14 ene (Lince).- ", "Lince", ("San José de la Montaña",)),
    ],
)
def test_spanish_datelines(opening, agency, cities):
    text = f"El Gobierno aprueba el decreto\n\n{opening}El Gobierno aprobó el decreto que la oposición no quería.\n"
    article = build_article(text)
    assert (article.agency, article.cities) == (agency, cities)


@pytest.mark.parametrize(
    ("headline", "title", "lead"),
    [
        ("[속보] 여객선 좌초", "여객선 좌초", 0),
        ("(2보) 여객선 좌초", "여객선 좌초", 2),
        ("(종합) 여객선 좌초…전원 구조", "여객선 좌초…전원 구조", 100),
        ("(종합2보) 여객선 좌초…전원 구조", "여객선 좌초…전원 구조", 102),
        ("여객선 좌초…전원 구조(종합3보)", "여객선 좌초…전원 구조", 103),
        ("AMP2.- El puente cierra", "El puente cierra", 2),
        ("AV.- El puente cierra", "El puente cierra", 0),
    ],
)
def test_versions_are_told_by_the_tags_of_agencies(headline, title, lead):
    tags = read_tags(headline)
    assert (tags.title, tags.lead, tags.sure) == (title, lead, True)


def test_a_bracket_that_is_no_tag_stays_one_of_unknown_meaning():
    assert not read_tags("여객선 좌초(사진)").sure
    assert read_tags("(고침) 여객선 좌초").status is Status.CORRECTED
    assert read_tags("(전문취소) 여객선 좌초").status is Status.WITHDRAWN


def test_the_full_story_speaks_and_not_the_flash():
    frame = "{} 완도 여객선 좌초{}\n\n(완도=한빛통신) 하도현 기자 = 여객선이 좌초했다. {}\n\n2025/10/24 {} 송고\n"
    flash = frame.format("(2보)", "", "승객은 118명이다.", "10:31")
    full = frame.format("(종합)", "…승객 전원 구조", "승객 127명이 모두 구조됐다.", "12:35")
    with open_index("memory:", meaning=False) as index:
        index.add([build_article(full, source="full"), build_article(flash, source="flash")])
        reply = index.ask("여객선 승객은 몇 명이야?")
    assert [citation.text for citation in reply.citations][:1] == ["승객 127명이 모두 구조됐다."]
    assert all("118" not in citation.text for citation in reply.citations)
