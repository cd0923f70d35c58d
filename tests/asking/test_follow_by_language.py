"""Questions in Spanish and Korean that hang on the one before."""

import pytest

from index import open_index
from index.asking.follow_by_language import follow_in
from index.asking.followup import Dependence
from index.asking.thread import Turn
from index.language.language import get_language
from index.reading.article import build_article
from index.verdicts import ReasonCode, Verdict

SPANISH = """El puente de Alcalá sigue cerrado

El Ayuntamiento de Sevilla cerró el puente de Alcalá el martes por una grieta de cuatro metros. Unos 12.000 vehículos
cruzaban el puente cada día, según la Policía Local. La concejala de Obras, Lucía Baena, dijo que la reparación empezará
en marzo.
"""
KOREAN = """달빛시장 새벽 화재

대구시 서구 달빛시장에서 12일 오전 3시 40분께 불이 났다. 상인 2명이 연기를 마셔 병원으로 옮겨졌다.
상인회장 오정숙 씨는 "구청이 임시 판매장을 마련해 달라"고 호소했다.
"""


@pytest.mark.parametrize(
    ("code", "last", "question", "kind", "text"),
    [
        ("es", "¿Quién cerró el puente?", "¿y cuándo?", Dependence.ANEW, "cuándo … cerró el puente?"),
        ("es", "¿Cuándo cerró el puente?", "¿por qué?", Dependence.ANEW, "por qué … cerró el puente?"),
        ("es", "¿Cuándo cerró el puente?", "¿quién lo dijo?", Dependence.SAID, None),
        ("es", "¿Cuándo cerró el puente?", "¿qué más?", Dependence.ELSE, "¿Cuándo cerró el puente?"),
        ("es", "¿Cuándo cerró el puente?", "¿Cuántos vehículos cruzan?", Dependence.ALONE, None),
        ("ko", "달빛시장에서 누가 다쳤어?", "그럼 언제?", Dependence.ANEW, "언제 … 달빛시장에서 다쳤어?"),
        ("ko", "불이 언제 났어?", "왜 그랬어?", Dependence.ANEW, "왜 … 불이 났어?"),
        ("ko", "불이 언제 났어?", "누가 그랬어?", Dependence.SAID, None),
        ("ko", "불이 언제 났어?", "또 다른 건?", Dependence.ELSE, "불이 언제 났어?"),
        ("ko", "불이 언제 났어?", "상인회장이 뭐라고 했어?", Dependence.ALONE, None),
        ("es", "¿Quién dijo «El cable estaba gastado»?", "¿y cuándo?", Dependence.ALONE, None),
        ("de", "Wann kam sie?", "Und wer?", Dependence.ALONE, None),
    ],
)
def test_how_a_question_hangs(code, last, question, kind, text):
    found = follow_in(question, [Turn(last, last, Verdict.ANSWERED)], get_language(code))
    assert (found.kind, found.text) == (kind, text)


def test_nothing_hangs_on_nothing():
    assert follow_in("¿y cuándo?", [], get_language("es")).kind is Dependence.ALONE


@pytest.mark.parametrize(
    ("text", "turns", "answers"),
    [
        (
            SPANISH,
            ["¿Quién cerró el puente de Alcalá?", "¿y por qué?", "¿Cuándo empezará la reparación?", "¿quién lo dijo?"],
            ["una grieta", "una grieta", "Lucía Baena", "Lucía Baena"],
        ),
        (
            KOREAN,
            ["달빛시장 불은 어디서 났어?", "그럼 언제?", "상인회장이 뭐라고 했어?", "누가 그랬어?"],
            ["대구시 서구", "3시 40분", "임시 판매장", "오정숙"],
        ),
    ],
)
def test_a_conversation(text, turns, answers, meaning):
    """Meaning is compared in English alone, whatever models are there."""
    with open_index("memory:") as index:
        index.add([build_article(text)])
        for at, (turn, answer) in enumerate(zip(turns, answers, strict=True)):
            reply = index.ask(turn, history=turns[:at])
            assert reply.citations, (turn, reply.reason)
            assert answer in reply.citations[0].text, turn


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (KOREAN, "안녕하세요"),
        (KOREAN, "감사합니다!"),
        (KOREAN, "ㅋㅋㅋ"),
        (SPANISH, "¡Hola!"),
        (SPANISH, "muchas gracias"),
    ],
)
def test_courtesies_ask_nothing(text, said):
    with open_index("memory:", meaning=False) as index:
        index.add([build_article(text)])
        assert index.ask(said).reason.code == ReasonCode.SMALL_TALK
