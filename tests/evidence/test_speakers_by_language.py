"""Who says it, in Spanish and Korean."""

import pytest

from index.evidence.speakers import find_speaker
from index.reading.article import build_article

SPANISH = """El puente de Alcalá sigue cerrado

El Ayuntamiento de Sevilla ha aplazado la reparación del puente, que cerró el martes por una grieta de cuatro metros.

{}
"""
KOREAN = """달빛시장 새벽 화재

대구시 서구 달빛시장에서 12일 오전 불이 나 점포 23곳을 태우고 4시간 만에 꺼졌다.

{}
"""


def find(frame, words, code):
    article = build_article(frame.format(words))
    assert article.language == code
    found = find_speaker(article, article.sentences[-1])
    if found is not None:
        assert article.text[found.start : found.end] == found.text
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ('"Nadie va a pasar por ahí", dijo Lucía Baena, que visitó ayer la zona.', "Lucía Baena"),
        (
            '"Nadie va a pasar por ahí", ha asegurado la concejala de Obras en una rueda de prensa.',
            "la concejala de Obras",
        ),
        ("«Es una vergüenza», criticó el portavoz vecinal, Andrés Lobo.", "Andrés Lobo"),
        ("La concejala de Obras, Lucía Baena, ha explicado que la obra empezará tarde.", "Lucía Baena"),
        ("Según la Policía Local, unos 12.000 vehículos cruzaban el puente.", "la Policía Local"),
        ("El desvío añade 25 minutos, según fuentes municipales.", "fuentes municipales"),
        ("El paro bajó, según informó este jueves el Ministerio de Trabajo.", "el Ministerio de Trabajo"),
        ("Marta Prieto afirmó que el gobierno local improvisa.", "Marta Prieto"),
        ("El alcalde, Rafael Ortuño, llegó tarde. “Me equivoqué”, reconoció.", "Rafael Ortuño"),
        ("El puente mide 40 metros y costó dos millones.", None),
        ("La obra, según la cual nadie pasará, sigue.", None),
    ],
)
def test_spanish(words, speaker):
    assert find(SPANISH, words, "es") == speaker


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ('상인회장 오정숙 씨는 "모두 잿더미가 됐다"며 "도와 달라"고 호소했다.', "상인회장 오정숙 씨"),
        ('수술을 이끈 육현일 교수는 "더 안전해야 한다"고 강조했다.', "육현일 교수"),
        ('저동에 사는 모복순(77) 씨는 "마음이 놓인다"고 말했다.', "모복순(77) 씨"),
        ('온누리커머스 대표 황보민은 통화에서 "몸값은 내지 않겠다"고 말했다.', "온누리커머스 대표 황보민"),
        ("17일 광주시교육청에 따르면 학생들이 복통을 호소했다.", "광주시교육청"),
        ("회사 측은 주문이 몰린 덕분이라고 설명했다.", "회사 측"),
        ("누리반도체는 영업이익이 늘었다고 29일 공시했다.", "누리반도체"),
        ('시인 공미르는 "바람"이라고 말했다. 그는 "받아썼을 뿐"이라고 덧붙였다.', "시인 공미르"),
        ('류건우는 무명 선수였다. 그는 "소리를 들었다"며 웃었다.', "류건우"),
        ("시장 건물은 1974년에 지어졌다.", None),
        ("체납액은 지난 4일 납부됐다.", None),
    ],
)
def test_korean(words, speaker):
    assert find(KOREAN, words, "ko") == speaker


def test_a_language_without_data_names_nobody():
    article = build_article(
        "Der Bürgermeister kam am Montag in die Stadt. „Wir bauen die Brücke nicht“, sagte Anna Lindt."
    )
    assert article.language == "de"
    assert find_speaker(article, article.sentences[-1]) is None
