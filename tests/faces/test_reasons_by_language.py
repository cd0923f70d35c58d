"""A reason is told in the language that is spoken, and names the asker's own words in it."""

import pytest

from bot.pages.reasons import explain_reason
from bot.translation import speaking
from index import open_index
from index.reading.article import build_article

KOREAN = """달빛시장 새벽 화재

대구시 서구 달빛시장에서 12일 오전 3시 40분께 불이 났다. 상인회장 오정숙 씨는 "임시 판매장을 마련해 달라"고 호소했다.
"""
SPANISH = """El puente de Alcalá sigue cerrado

El Ayuntamiento de Sevilla cerró el puente de Alcalá el martes por una grieta. La concejala Lucía Baena dijo que la
reparación empezará en marzo.
"""


@pytest.mark.parametrize(
    ("text", "language", "question", "told"),
    [
        (KOREAN, "ko", "보험금은 얼마 받나요?", "기사에 다음은 전혀 나오지 않습니다: “보험금은”."),
        (KOREAN, "ko", "달빛시장 불 언제 났어?", "한 문장에 나오는 말: “달빛시장” 및 “불”."),
        (SPANISH, "es", "¿Quién cerró el puente?", "Una frase contiene “cerró” y “puente”."),
    ],
)
def test_a_reason_names_whole_words(text, language, question, told):
    with open_index("memory:", meaning=False) as index, speaking(language):
        index.add([build_article(text)])
        assert explain_reason(index.ask(question)) == told
