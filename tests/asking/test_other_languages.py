"""Questions to articles in other languages than English: what is answered, and that no English rule acts there."""

from dataclasses import replace

import pytest

from index import Article, open_index
from index.asking.understand import Refusal, tell_language, understand
from index.citations.citation import find_speaker_cited
from index.digest import DigestKind
from index.errors import UnsupportedLanguage
from index.evidence.candidate import rank, view_article
from index.evidence.other_languages import OtherArticleView, find_types_by_data
from index.evidence.weights import load_model
from index.language.language import get_language
from index.verdicts import Verdict

STORIES = {
    "de": (
        "Der Stadtrat von Pellan hat am 3. Oktober 2021 den Bau einer neuen Brücke beschlossen. Die Bürgermeisterin Ida"
        " Holm sagte, die alte Brücke sei zu schwach. Zwölf Häuser müssen für den Bau abgerissen werden. Die Kosten"
        " betragen nach Angaben der Stadt 40 Millionen Euro. Eine Bürgerinitiative will dagegen klagen.",
        [
            ("Wann wurde der Bau der Brücke beschlossen?", "3. Oktober 2021"),
            ("Wie viele Häuser müssen abgerissen werden?", "Zwölf"),
            ("Wie hoch sind die Kosten?", "40 Millionen"),
        ],
        "Wer leitet das Krankenhaus von Larn?",
    ),
    "es": (
        "El ayuntamiento de Pellan aprobó el 3 de octubre de 2021 la construcción de un nuevo puente. La alcaldesa Ida"
        " Holm dijo que el puente viejo es demasiado débil. Doce casas serán derribadas para la obra. El coste asciende"
        " a 40 millones de euros, según el gobierno local. Los vecinos quieren ir a los tribunales.",
        [
            ("¿Cuándo se aprobó la construcción del puente?", "3 de octubre"),
            ("cuantas casas seran derribadas", "Doce"),
        ],
        "¿Quién dirige el hospital de Larn?",
    ),
    "ru": (
        "Городской совет Пеллана 3 октября 2021 года одобрил строительство нового моста. Мэр Ида Холм сказала, что"
        " старый мост слишком слаб. Для строительства снесут двенадцать домов. Расходы составят 40 миллионов евро."
        " Жители хотят обратиться в суд.",
        [("Когда одобрили строительство моста?", "3 октября"), ("Сколько домов снесут?", "двенадцать")],
        "Кто руководит больницей в Ларне?",
    ),
    "zh": (
        "佩兰市议会2021年10月3日批准建造一座新桥。市长伊达·霍尔姆说旧桥太脆弱。工程需要拆除十二栋房屋。"
        "市政府称费用为4000万欧元。居民打算提起诉讼。",
        [("新桥是什么时候批准的？", "10月3日"), ("需要拆除多少栋房屋？", "十二栋")],
        "拉恩医院由谁领导？",
    ),
}
CASES = [(code, *case) for code, (_, cases, _) in STORIES.items() for case in cases]


@pytest.fixture(scope="module", params=STORIES)
def story(request):
    return Article.from_text(STORIES[request.param][0])


def ask(text, *questions):
    with open_index(meaning=False) as index:
        index.add(Article.from_text(text))
        return [index.ask(question) for question in questions]


@pytest.mark.parametrize(("code", "question", "held"), CASES)
def test_the_sentence_that_answers_comes_first(code, question, held):
    text = STORIES[code][0]
    (reply,) = ask(text, question)
    assert held in reply.citations[0].text
    assert text[reply.citations[0].start : reply.citations[0].end] == reply.citations[0].text
    assert reply.verdict is Verdict.ANSWERED


@pytest.mark.parametrize("code", STORIES)
def test_what_the_article_does_not_tell_is_not_answered(code):
    text, _, other = STORIES[code]
    (reply,) = ask(text, other)
    assert reply.verdict is not Verdict.ANSWERED


def test_the_words_that_are_missing_are_the_askers():
    (reply,) = ask(STORIES["de"][0], "Krankenhäuser Larn")
    assert reply.verdict is Verdict.REFUSED
    assert reply.reason == "The article never mentions “Krankenhäuser” or “Larn”."


def test_an_article_knows_its_language(story):
    assert story.language in STORIES
    analyse = get_language(story.language).analyse
    assert all(sentence.terms == analyse(story.quote(sentence)) for sentence in story.sentences)


def test_a_question_without_a_telling_word_is_in_the_language_of_the_articles():
    with open_index(meaning=False) as index:
        index.add(Article.from_text(STORIES["es"][0]))
        scope = index._scope(None)
        found = understand("Ida Holm puente", "Ida Holm puente", scope)
        assert not isinstance(found, Refusal)
        assert found.language.code == "es"
        index.add(Article.from_text("The bridge of Pellan is closed, the mayor said on Monday. It will open in May."))
        found = understand("Ida Holm", "Ida Holm", scope)
        assert not isinstance(found, Refusal)
        assert found.language.code == "en"


def test_a_language_that_is_not_served_is_refused_by_name():
    text = "บริษัทประกาศเมื่อวันจันทร์ว่าจะสร้างสะพานใหม่ในเมืองหลวง และจะใช้เวลาสามปี"
    with pytest.raises(UnsupportedLanguage, match=r"is in Thai; .* English, .*German") as error:
        Article.from_text(text)
    assert error.value.language == "th"


def test_no_english_rule_acts_on_another_language(story):
    with open_index(meaning=False) as index:
        index.add(story)
        assert index.suggestions(story.id) == ()
        for kind in (DigestKind.QUOTES, DigestKind.PEOPLE, DigestKind.TIMELINE, DigestKind.NUMBERS):
            assert not index.digest(kind).entries
    if not get_language(story.language).speech:
        assert [find_speaker_cited(story, sentence) for sentence in story.sentences] == [None] * story.length
    question = STORIES[story.language][1][0][0]
    language = get_language(story.language)
    with open_index(meaning=False) as index:
        index.add(story)
        asked = understand(question, question, index._scope(None))
    assert not isinstance(asked, Refusal)
    assert (asked.language, asked.spelled, asked.synonyms, asked.period) == (language, "", {}, None)
    assert asked.generic == language.generic
    assert not asked.is_negated


def test_meaning_is_compared_in_english_alone():
    class Models:
        encoder = None

        @property
        def judge(self):
            raise AssertionError("the judge reads English alone")

    with open_index(meaning=False) as index:
        index.add(Article.from_text(STORIES["de"][0]))
        scope = replace(index._scope(None), meaning=Models())
        from index.asking.reply import answer_alone

        question = "Wann wurde der Bau beschlossen?"
        meant = understand(question, question, scope)
        found = answer_alone(meant, scope)
        assert found.found.scope.meaning is None
        assert found.ranked


def test_a_follow_up_in_another_language_stands_alone():
    with open_index(meaning=False) as index:
        index.add(Article.from_text(STORIES["de"][0]))
        question = "Wie viele Häuser müssen abgerissen werden?"
        reply = index.ask(question, ["Wann wurde der Bau beschlossen?"])
        assert reply.understood is None
        assert "Zwölf" in reply.citations[0].text


@pytest.mark.parametrize(
    ("code", "question", "kind", "wants"),
    [
        ("de", "Wann fiel die Brücke?", "time", "time"),
        ("de", "In welchem Jahr fiel sie?", "time", "time"),
        ("de", "Wie viele Brücken fielen?", "number", "count"),
        ("de", "Wer baute die Brücke?", "other", "other"),
        ("tr", "Köprü ne zaman açıldı?", "time", "time"),
        ("ar", "متى افتتح الجسر؟", "time", "time"),
        ("ja", "橋はいつ開通したか。", "time", "time"),
        ("hi", "कितने पुल हैं?", "number", "count"),
    ],
)
def test_the_kind_of_answer_is_told_by_data(code, question, kind, wants):
    broad, fine = find_types_by_data(question, get_language(code))
    assert (broad.name, fine.name) == (kind, wants)


def test_letters_find_what_stems_do_not():
    article = Article.from_text(
        "Die Stadt eröffnete gestern eine neue Straßenbahnlinie im Norden. Die Busse fahren weiter, sagte der Leiter."
    )
    with open_index(meaning=False) as index:
        index.add(article)
        meant = understand("Straßenbahn?", "Straßenbahn?", index._scope(None))
    view = view_article(meant, article)
    assert isinstance(view, OtherArticleView)
    assert not view.sentence(1).held
    first, second = view.sentence(1).letters, view.sentence(2).letters
    assert all(one > other for one, other in zip(first[:1], second[:1], strict=True))
    assert second[0] < 0.1
    assert first[1] == second[1] == view.letters == 1


def test_other_languages_rank_by_the_weights_of_english_and_their_own():
    english, german = load_model(), load_model(language="de")
    assert "letters" not in english.rank
    assert german.rank.keys() - english.rank.keys() == {"letters", "letters_near", "letters_around"}
    assert {name: german.rank[name] for name in english.rank} == english.rank
    assert rank.__module__ == "index.evidence.candidate"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Varga goles 2022", "es"),
        ("Varga 2022 final", "es"),
        ("Varga", "es"),
        ("Who is Varga?", "en"),
        ("Wer war es?", "de"),
    ],
)
def test_a_question_that_tells_nothing_is_in_the_language_of_the_articles(fresh_index, question, code):
    spanish = "Lionel Varga marcó 35 goles en la temporada 2022 con el club de Pellan. La afición celebró la noticia."
    fresh_index.add(Article.from_text(spanish))
    assert tell_language(question, fresh_index._scope(None)).code == code
    assert fresh_index.ask(question).verdict == (Verdict.ANSWERED if code == "es" else Verdict.REFUSED)
